// The Hopper kernel on a Hopper GPU; skipped elsewhere. Which shape a run takes must not show in its bits.
#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "kernels/device/context.hpp"
#include "kernels/device/memory.hpp"
#include "kernels/gemm/gemm_device.hpp"
#include "kernels/gemm/gemm_input.hpp"

namespace cuparity {
namespace {

using device::Buffer;
using device::Context;

/// One GEMM's matrices, filled.
struct Matrices {
  Matrices(const GemmProblem& the_problem, Context& the_context)
      : problem(the_problem),
        context(the_context),
        a(problem.a_elements() * gemm_input_bytes(problem.type)),
        b(problem.b_elements() * gemm_input_bytes(problem.type)),
        c(problem.c_elements() * gemm_output_bytes(problem.type)) {
    device::poison(a.data(), a.bytes(), context.stream());
    device::poison(b.data(), b.bytes(), context.stream());
    device::fill_gemm_input(problem.type, a.data(), gemm_seed_a, problem.m, problem.k, problem.lda,
                            context.stream());
    device::fill_gemm_input(problem.type, b.data(), gemm_seed_b, problem.n, problem.k, problem.ldb,
                            context.stream());
  }

  device::GemmBuffers buffers() const { return {a.data(), b.data(), c.data()}; }

  std::uint64_t digest_after(const device::PreparedGemm& shape) const {
    device::poison(c.data(), c.bytes(), context.stream());
    shape.enqueue(context.stream());
    context.synchronize("running " + shape.algorithm);
    return device::digest(c.data(), c.bytes(), context.stream());
  }

  GemmProblem problem;
  Context& context;
  Buffer<unsigned char> a, b, c;
};

class GemmOnHopper : public testing::TestWithParam<GemmType> {
 protected:
  void SetUp() override {
    int devices = 0;
    if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) GTEST_SKIP() << "no GPU answers";
    context_ = std::make_unique<Context>();
    const GemmProblem problem = GemmProblem::make(GetParam(), 512, 512, 512, GemmLayout::dense);
    if (const auto reason = gemm_hopper_unsupported(problem, *context_)) GTEST_SKIP() << *reason;
  }

  std::unique_ptr<Context> context_;
};

// Ragged in every direction; one stage along k; fewer stages than the ring has; one tile of 256 x 200; whole tiles, several
// a block.
TEST_P(GemmOnHopper, EveryShapeGivesTheSameBits) {
  for (const auto& [m, n, k] : {std::tuple{2100, 4200, 264}, {129, 264, 64}, {1, 1, 1}, {300, 700, 320},
                                {17, 33, 65}, {256, 200, 64}, {4096, 4096, 4096}}) {
    const Matrices matrices(GemmProblem::make(GetParam(), m, n, k, GemmLayout::padded), *context_);
    const auto shapes = device::prepare_gemm_hopper_shapes(matrices.problem, matrices.buffers());
    EXPECT_EQ(shapes.size(), 3u);
    const std::uint64_t first = matrices.digest_after(shapes.front());
    for (const device::PreparedGemm& shape : shapes) {
      EXPECT_EQ(matrices.digest_after(shape), first) << shape.algorithm << ": " << m << "x" << n << "x" << k;
      EXPECT_EQ(matrices.digest_after(shape), first) << shape.algorithm << ", again: " << m << "x" << n << "x" << k;
    }
  }
}

TEST_P(GemmOnHopper, EveryShapeHasANameOfItsOwn) {
  const Matrices matrices(GemmProblem::make(GetParam(), 512, 512, 512, GemmLayout::dense), *context_);
  std::set<std::string> names;
  for (const auto& shape : device::prepare_gemm_hopper_shapes(matrices.problem, matrices.buffers()))
    EXPECT_TRUE(names.insert(shape.algorithm).second) << shape.algorithm;
}

// Shapes whose digests agree could all be wrong.
TEST_P(GemmOnHopper, EveryShapeIsRight) {
  for (const auto& [m, n] : {std::tuple{768, 768}, {2310, 1544}}) {
    for (std::size_t shape = 0; shape < 3; ++shape) {
      const auto execution = device::prepare_gemm(
          GemmProblem::make(GetParam(), m, n, 768, GemmLayout::dense), *context_,
          [shape](const GemmProblem& problem, const device::GemmBuffers& buffers, Context&) {
            return device::prepare_gemm_hopper_shapes(problem, buffers).at(shape);
          });
      const Verification result = execution->verify();
      EXPECT_TRUE(result.correct()) << result.error << ", " << result.detail << " [" << execution->algorithm() << "]";
      EXPECT_FALSE(execution->algorithm().empty());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Types, GemmOnHopper,
                         testing::Values(GemmType::bf16, GemmType::fp16, GemmType::fp8_e4m3),
                         [](const auto& type) { return std::string(to_string(type.param)); });

}  // namespace
}  // namespace cuparity
