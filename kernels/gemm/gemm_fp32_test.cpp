// Every shape of the fp32 kernel on a GPU; skipped where none answers. Which shape a run takes must not show in its
// bits.
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <tuple>

#include "kernels/device/context.hpp"
#include "kernels/device/memory.hpp"
#include "kernels/gemm/gemm_device.hpp"

namespace cuparity {
namespace {

using device::Context;
using device::PreparedGemm;

class GemmFp32 : public testing::Test {
 protected:
  void SetUp() override {
    int devices = 0;
    if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) GTEST_SKIP() << "no GPU answers";
    context_ = std::make_unique<Context>();
  }

  /// The problem on buffers of its own, by the shape `index` of those that there are; `count` becomes their number.
  std::unique_ptr<Execution> prepare_shape(const GemmProblem& problem, std::size_t index, std::size_t& count) {
    return device::prepare_gemm(problem, *context_,
                                [&](const GemmProblem& same, const device::GemmBuffers& buffers, Context&) {
                                  std::vector<PreparedGemm> shapes = device::prepare_gemm_fp32_shapes(same, buffers);
                                  count = shapes.size();
                                  return std::move(shapes.at(index));
                                });
  }

  std::unique_ptr<Context> context_;
};

// Nothing, one element, odd, ragged in every direction and layout, no or one step along k, one step and a bit, whole
// tiles with one step, with two and with many, several tiles a multiprocessor, a long sum.
TEST_F(GemmFp32, EveryShapeIsRightAndGivesTheSameBits) {
  const std::tuple<int, int, int, GemmLayout> sizes[] = {
      {0, 16, 16, GemmLayout::dense},        {16, 16, 0, GemmLayout::dense},     {1, 1, 1, GemmLayout::dense},
      {300, 300, 1, GemmLayout::unaligned},  {17, 33, 65, GemmLayout::dense},    {129, 257, 65, GemmLayout::unaligned},
      {129, 263, 72, GemmLayout::padded},    {300, 520, 12, GemmLayout::dense},  {256, 256, 8, GemmLayout::dense},
      {256, 512, 16, GemmLayout::padded},    {512, 512, 520, GemmLayout::dense}, {512, 256, 64, GemmLayout::unaligned},
      {2100, 4200, 136, GemmLayout::padded}, {2048, 4096, 72, GemmLayout::dense}, {40, 72, 20000, GemmLayout::dense}};
  for (const auto& [m, n, k, layout] : sizes) {
    const GemmProblem problem = GemmProblem::make(GemmType::fp32, m, n, k, layout);
    std::uint64_t first = 0;
    std::size_t count = 1;
    for (std::size_t index = 0; index < count; ++index) {
      const auto execution = prepare_shape(problem, index, count);
      for (int repetition = 0; repetition < 2; ++repetition) {
        const Verification result = execution->verify();
        EXPECT_TRUE(result.correct()) << execution->algorithm() << ": " << m << "x" << n << "x" << k << ", "
                                      << result.error << ", " << result.detail;
        if (index == 0 && repetition == 0) first = result.digest;
        EXPECT_EQ(result.digest, first) << execution->algorithm() << ": " << m << "x" << n << "x" << k;
      }
    }
    EXPECT_EQ(count, m > 0 && k > 0 ? 4u : 1u);
  }
}

TEST_F(GemmFp32, EveryShapeHasANameOfItsOwn) {
  std::set<std::string> names;
  std::size_t count = 1;
  for (std::size_t index = 0; index < count; ++index) {
    const auto execution =
        prepare_shape(GemmProblem::make(GemmType::fp32, 512, 512, 512, GemmLayout::dense), index, count);
    EXPECT_TRUE(names.insert(execution->algorithm()).second) << execution->algorithm();
  }
}

TEST_F(GemmFp32, TheChosenShapeIsRight) {
  for (const std::size_t n : {500, 768, 2048}) {
    const auto execution = device::prepare_gemm(GemmProblem::make(GemmType::fp32, n, n, n, GemmLayout::dense),
                                                *context_, device::prepare_gemm_fp32);
    const Verification result = execution->verify();
    EXPECT_TRUE(result.correct()) << result.error << ", " << result.detail << " [" << execution->algorithm() << "]";
  }
}

}  // namespace
}  // namespace cuparity
