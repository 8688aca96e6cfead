// What every shape of our GEMM kernels reaches, beside cuBLASLt's best algorithm: each alone at work for 0.4 s, of which the
// second half counts, in turn in one process. Prints; judges nothing but that the candidates run.
// `gemm_shapes_slow --gtest_filter=*bf16_8192` takes about ten seconds.
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <tuple>

#include "kernels/device/context.hpp"
#include "kernels/device/time_in_turn.hpp"
#include "kernels/gemm/gemm_device.hpp"

namespace cuparity {
namespace {

using device::Context;
using device::GemmBuffers;
using device::PreparedGemm;

std::vector<PreparedGemm> shapes_of(const GemmProblem& problem, const GemmBuffers& buffers, const Context& context) {
  if (problem.type == GemmType::fp32) return prepare_gemm_fp32_shapes(problem, buffers);
  if (gemm_hopper_unsupported(problem, context)) return {prepare_gemm_tensor_core(problem, buffers)};
  return prepare_gemm_hopper_shapes(problem, buffers);
}

/// Prints a line a candidate: TFLOP/s by its median time and cuBLASLt's time over its own. Returns the first shape.
PreparedGemm print_rates(const GemmProblem& problem, const GemmBuffers& buffers, Context& context) {
  std::vector<PreparedGemm> candidates = shapes_of(problem, buffers, context);
  const std::size_t own = candidates.size();
  if (!gemm_cublaslt_unsupported(problem.type, context))
    candidates.push_back(prepare_gemm_cublaslt(problem, buffers, context, device::CublasltSearch::best));
  std::vector<std::function<void(cudaStream_t)>> runs;
  for (const PreparedGemm& candidate : candidates) {
    runs.push_back(candidate.enqueue);
    candidate.enqueue(context.stream());  // loads the kernel
  }
  device::TimingLimits once;
  once.rounds = 1;
  std::vector<double> seconds;
  for (const std::vector<double>& of_candidate : time_in_turn(runs, context, once)) seconds.push_back(of_candidate.front());
  const TimesInTurn times = time_sustained(runs, seconds, context, {0.2, 5});
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    std::vector<double> ratios;
    for (std::size_t round = 0; round < times[i].size(); ++round)
      ratios.push_back(times.back()[round] / times[i][round]);
    std::printf("%s %zu: %6.1f TFLOP/s, %s %.3f  %s%s\n", to_string(problem.type).data(), problem.n,
                problem.work().flops / median_time(times[i]) / 1e12, own < candidates.size() ? "of cuBLASLt" : "of the last",
                median_time(ratios), i == own ? "cuBLASLt " : "", candidates[i].algorithm.c_str());
  }
  return std::move(candidates.front());
}

class GemmShapes : public testing::TestWithParam<std::tuple<GemmType, std::size_t>> {};

TEST_P(GemmShapes, Rates) {
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) GTEST_SKIP() << "no GPU answers";
  Context context;
  const auto [type, n] = GetParam();
  device::prepare_gemm(GemmProblem::make(type, n, n, n, GemmLayout::dense), context, print_rates);
}

INSTANTIATE_TEST_SUITE_P(TypesAndSizes, GemmShapes,
                         testing::Combine(testing::Values(GemmType::fp32, GemmType::bf16, GemmType::fp16,
                                                          GemmType::fp8_e4m3),
                                          testing::Values(4096, 8192, 16384)),
                         [](const auto& test) {
                           return std::string(to_string(std::get<0>(test.param))) + "_" +
                                  std::to_string(std::get<1>(test.param));
                         });

}  // namespace
}  // namespace cuparity
