// Every plan that cuDNN's graph API has for a convolution, with its time beside the choice of our rows. Prints; judges nothing
// but that there is a plan. `convolution_plans_slow --gtest_filter=*forward_fp16_7x7*` takes some seconds: engines are compiled.
#include <gtest/gtest.h>

#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "kernels/convolution/convolution_execution.hpp"
#include "kernels/convolution/cudnn_plan.hpp"
#include "kernels/device/graph.hpp"
#include "kernels/device/time_in_turn.hpp"

namespace cuparity {
namespace {

using device::Context;

/// Prints a line a plan, fastest or not; the first is returned. Each has a workspace of its own, so that they can take turns.
PreparedConvolution print_plans(const ConvolutionProblem& problem, const CudnnTensors& tensors,
                                const ErrorAfter& error_after, Context& context) {
  static CudnnHandle handle;
  check_cudnn(cudnnSetStream(handle.get(), context.stream()), "choosing the stream of cuDNN");
  CudnnCandidates candidates(handle.get(), problem, PlanBreadth::everything);
  std::vector<CudnnExecutable> plans;
  while (std::optional<CudnnPlan> plan = candidates.next()) {
    const std::string algorithm = plan->algorithm;
    try {
      // One plan is admitted, so `candidates` is asked only if this one is wrong; then the next takes its place.
      plans.push_back(
          choose_plan(context, handle.get(), candidates, std::move(*plan), tensors, error_after, first_plan));
    } catch (const std::exception& error) {
      std::printf("  %s: %s\n", algorithm.c_str(), error.what());
    }
  }
  for (const auto& [reason, count] : candidates.excluded()) std::printf("  left out: %d x %s\n", count, reason.c_str());
  if (plans.empty()) throw std::runtime_error(candidates.refusal());
  std::vector<std::function<void(cudaStream_t)>> runs;
  for (const CudnnExecutable& plan : plans) {
    const auto run = device::by_one_launch(context.stream(), [&] { plan.run(handle.get()); });
    runs.push_back([run](cudaStream_t) { run(); });
  }
  device::TimingLimits limits;
  limits.seconds = 5;
  limits.give_up = 1000;  // a slow plan is told, too
  limits.host_ahead = true;
  const TimesInTurn times = time_in_turn(runs, context, limits);
  for (std::size_t i = 0; i < plans.size(); ++i)
    std::printf("  %8.1f us, workspace %lld: %s\n", 1e6 * median_time(times[i]),
                static_cast<long long>(plans[i].plan.workspace_bytes), plans[i].algorithm.c_str());
  const auto first = std::make_shared<CudnnExecutable>(std::move(plans.front()));
  return {[first] { first->run(handle.get()); }, first->algorithm};
}

class ConvolutionPlans : public testing::TestWithParam<std::tuple<Pass, ElementType, ConvolutionLayer>> {};

TEST_P(ConvolutionPlans, Times) {
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) GTEST_SKIP() << "no GPU answers";
  Context context;
  const auto& [pass, type, layer] = GetParam();
  prepare_convolution({layer.shape, pass, type}, context, print_plans);
}

INSTANTIATE_TEST_SUITE_P(
    PassesTypesAndLayers, ConvolutionPlans,
    testing::Combine(testing::Values(Pass::forward, Pass::backward_data, Pass::backward_filter),
                     testing::Values(ElementType::fp32, ElementType::tf32, ElementType::fp16, ElementType::bf16),
                     testing::ValuesIn(convolution_layers(Backend::cuda))),
    [](const auto& test) {
      return std::string(to_string(std::get<0>(test.param))) + "_" + std::string(to_string(std::get<1>(test.param))) +
             "_" + std::string(std::get<2>(test.param).name);
    });

}  // namespace
}  // namespace cuparity
