// Kernel launches one by one and as a graph, timed with an empty kernel. That launches of this kind reach
// the GPU, all of them and in order, is verified with a kernel that counts.
// Bound: the driver's work for a launch; nothing stands in the timed loop but the call. A node of a graph takes
// 503 ns on an H200 (results/published/2026-11-23-h200-quick).
#include <cuda_runtime.h>

#include <chrono>
#include <string>
#include <utility>

#include "kernels/device/context.hpp"
#include "kernels/device/graph.hpp"
#include "kernels/device/memory.hpp"
#include "kernels/digest.hpp"
#include "kernels/launch/allocation.hpp"
#include "kernels/launch/launch_backends.hpp"

namespace cuparity {
namespace {

using device::check;

__global__ void empty_kernel() {}

/// state[0] counts the launches; state[1] is a hash that only the same number of launches, one after
/// another, ends with.
__global__ void count_kernel(std::uint64_t* state) {
  state[1] = mix64(state[1] + state[0]);
  state[0] += 1;
}

/// A kernel of one thread with its arguments.
struct Launch {
  const void* kernel;
  void** arguments;
};

const Launch empty_launch = {reinterpret_cast<const void*>(empty_kernel), nullptr};

cudaError_t submit(const Launch& launch, long count, cudaStream_t stream) {
  cudaError_t status = cudaSuccess;
  for (long i = 0; i < count && status == cudaSuccess; ++i)
    status = cudaLaunchKernel(launch.kernel, dim3(1), dim3(1), launch.arguments, 0, stream);
  return status;
}

cudaError_t submit_and_wait(const Launch& launch, long count, cudaStream_t stream) {
  cudaError_t status = cudaSuccess;
  for (long i = 0; i < count && status == cudaSuccess; ++i) {
    status = cudaLaunchKernel(launch.kernel, dim3(1), dim3(1), launch.arguments, 0, stream);
    if (status == cudaSuccess) status = cudaStreamSynchronize(stream);
  }
  return status;
}

/// A chain of `count` launches.
device::Graph graph_of(const Launch& launch, long count, cudaStream_t stream) {
  return device::Graph(stream, [&] { check(submit(launch, count, stream), "capturing a kernel launch"); });
}

/// Calls `perform` with the counting kernel and compares what it left with `count` launches in order.
template <typename Perform>
Verification verify_count(device::Context& context, long count, Perform perform) {
  device::Buffer<std::uint64_t> state(2);
  check(cudaMemsetAsync(state.data(), 0, state.bytes(), context.stream()), "clearing the launch counter");
  std::uint64_t* pointer = state.data();
  void* arguments[] = {&pointer};
  perform(Launch{reinterpret_cast<const void*>(count_kernel), arguments});
  const std::vector<std::uint64_t> found = device::to_host(state.data(), 2, context.stream());

  std::uint64_t hash = 0;
  for (long i = 0; i < count; ++i) hash = mix64(hash + static_cast<std::uint64_t>(i));
  const bool as_expected = found[0] == static_cast<std::uint64_t>(count) && found[1] == hash;
  return exact_verification(
      as_expected, digest_bytes(found.data(), 2 * sizeof found[0]),
      std::to_string(found[0]) + " of " + std::to_string(count) + " launches ran" +
          (found[0] == static_cast<std::uint64_t>(count) && !as_expected ? ", but not in order" : ""));
}

/// Enqueueing alone. The GPU is idle before the clock starts and is waited for after it stopped; `count`
/// stays below the 1024 launches that a stream takes before it makes the host wait.
class Submit final : public Execution {
 public:
  Submit(device::Context& context, long count) : context_(context), count_(count) {}

  void run() override {
    context_.synchronize("waiting for an idle GPU");
    const auto begin = std::chrono::steady_clock::now();
    const cudaError_t status = submit(empty_launch, count_, context_.stream());
    const auto end = std::chrono::steady_clock::now();
    check(status, "launching an empty kernel");
    context_.synchronize("running empty kernels");
    seconds_ = std::chrono::duration<double>(end - begin).count();
  }

  Verification verify() override {
    run();
    return verify_count(context_, count_, [this](const Launch& launch) {
      check(submit(launch, count_, context_.stream()), "launching the counting kernel");
    });
  }

  double reported_seconds() const override { return seconds_; }

 private:
  device::Context& context_;
  long count_;
  double seconds_ = 0;
};

class RoundTrip final : public Execution {
 public:
  RoundTrip(device::Context& context, long count) : context_(context), count_(count) {}

  void run() override {
    check(submit_and_wait(empty_launch, count_, context_.stream()), "launching and awaiting an empty kernel");
  }

  Verification verify() override {
    run();
    return verify_count(context_, count_, [this](const Launch& launch) {
      check(submit_and_wait(launch, count_, context_.stream()), "launching and awaiting the counting kernel");
    });
  }

 private:
  device::Context& context_;
  long count_;
};

class GraphNodes final : public Execution {
 public:
  GraphNodes(device::Context& context, long count)
      : context_(context), count_(count), graph_(graph_of(empty_launch, count, context.stream())) {}

  void run() override { graph_.launch(context_.stream()); }

  Verification verify() override {
    run();
    context_.synchronize("running a graph of empty kernels");
    return verify_count(context_, count_, [this](const Launch& launch) {
      const device::Graph counting = graph_of(launch, count_, context_.stream());
      counting.launch(context_.stream());
      context_.synchronize("running a graph of counting kernels");
    });
  }

 private:
  device::Context& context_;
  long count_;
  device::Graph graph_;
};

template <typename Operation>
Case launch_case(const std::string& name, long count, Timing timing) {
  Case result;
  result.name = name;
  result.backend = Backend::cuda;
  result.operations = static_cast<double>(count);
  result.timing = timing;
  result.unsupported = [](device::Context*) -> std::optional<std::string> { return std::nullopt; };
  result.prepare = [count](device::Context* context) -> std::unique_ptr<Execution> {
    return std::make_unique<Operation>(*context, count);
  };
  return result;
}

void append(std::vector<Case>& cases, std::vector<Case> more) {
  for (Case& one : more) cases.push_back(std::move(one));
}

}  // namespace

std::vector<Case> cuda_launch_bench_cases() {
  std::vector<Case> cases;
  cases.push_back(launch_case<Submit>("launch/submit", 500, Timing::reported));
  cases.push_back(launch_case<RoundTrip>("launch/round_trip", 100, Timing::host_clock));
  cases.push_back(launch_case<GraphNodes>("launch/graph_node", 1000, Timing::device_events));
  append(cases, allocation_bench_cases());
  return cases;
}

std::vector<Case> cuda_launch_validation_cases() {
  std::vector<Case> cases;
  // 5000 is more than a stream's queue holds.
  for (long count : {0, 1, 7, 500, 5000}) {
    const std::string size = "/" + std::to_string(count);
    cases.push_back(launch_case<Submit>("launch/submit" + size, count, Timing::reported));
    cases.push_back(launch_case<RoundTrip>("launch/round_trip" + size, count, Timing::host_clock));
    cases.push_back(launch_case<GraphNodes>("launch/graph_node" + size, count, Timing::device_events));
  }
  append(cases, allocation_validation_cases());
  return cases;
}

}  // namespace cuparity
