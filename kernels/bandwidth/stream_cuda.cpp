// STREAM operations in device memory.
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "kernels/bandwidth/bandwidth_cuda.hpp"
#include "kernels/bandwidth/bandwidth_kernels.hpp"
#include "kernels/bandwidth/stream_reference.hpp"
#include "kernels/device/memory.hpp"
#include "kernels/digest.hpp"

namespace cuparity {
namespace {

/// Outputs of more elements than this may be compared on a sample.
constexpr std::size_t compared_whole = std::size_t{1} << 20;

class ElementwiseExecution final : public Execution {
 public:
  ElementwiseExecution(device::Context& context, const StreamProblem& problem, StreamLaunch launch)
      : context_(context),
        problem_(problem),
        launch_(std::move(launch)),
        z_(problem.count + problem.offsets.z) {
    const int inputs = input_arrays(problem.operation);
    if (inputs >= 1) x_ = device::Buffer<float>(problem.count + problem.offsets.x);
    if (inputs >= 2) y_ = device::Buffer<float>(problem.count + problem.offsets.y);
    if (inputs >= 1) device::fill_random(x(), problem.count, x_seed, context.stream());
    if (inputs >= 2) device::fill_random(y(), problem.count, y_seed, context.stream());
    context.synchronize("filling the inputs of " + std::string(to_string(problem.operation)));
  }

  void run() override {
    launch_(x(), y(), z(), problem_.count, context_.stream());
  }

  Verification verify() override {
    const std::size_t bytes = problem_.count * sizeof(float);
    device::poison(z(), bytes, context_.stream());
    run();
    context_.synchronize("running " + std::string(to_string(problem_.operation)));
    Verification verification = compare();
    verification.digest = device::digest(z(), bytes, context_.stream());
    return verification;
  }

 private:
  Verification compare() const {
    if (problem_.compare_all || problem_.count <= compared_whole) {
      const auto output = device::to_host(z(), problem_.count, context_.stream());
      return compare_stream_output(problem_.operation, output.data(), output.size());
    }
    const auto indices = sample_indices(
        problem_.count,
        device::elementwise_block_elements(problem_.operation, context_.compute_capability()));
    const auto sample = device::gather<float>(z(), indices, context_.stream());
    return compare_stream_output(problem_.operation, sample.data(), sample.size(), indices.data());
  }

  float* x() const { return x_.data() == nullptr ? nullptr : x_.data() + problem_.offsets.x; }
  float* y() const { return y_.data() == nullptr ? nullptr : y_.data() + problem_.offsets.y; }
  float* z() const { return z_.data() == nullptr ? nullptr : z_.data() + problem_.offsets.z; }

  device::Context& context_;
  StreamProblem problem_;
  StreamLaunch launch_;
  device::Buffer<float> x_, y_, z_;
};

class ReadExecution final : public Execution {
 public:
  ReadExecution(device::Context& context, const StreamProblem& problem)
      : context_(context),
        problem_(problem),
        x_(problem.count + problem.offsets.x),
        slots_(device::read_slots) {
    device::fill_random(x(), problem.count, x_seed, context.stream());
    context.synchronize("filling the input of read");
  }

  /// Adds to what earlier runs have summed up; verify() starts from zero.
  void run() override {
    device::launch_read(x(), problem_.count, slots_.data(), context_.compute_capability(), context_.stream());
  }

  Verification verify() override {
    device::check(cudaMemsetAsync(slots_.data(), 0, slots_.bytes(), context_.stream()),
                  "clearing the checksum");
    run();
    const auto slots = device::to_host(slots_.data(), slots_.size(), context_.stream());
    const std::uint32_t checksum = std::accumulate(slots.begin(), slots.end(), std::uint32_t{0});
    Verification verification = compare_checksum(checksum, expected_checksum<float>(problem_.count));
    verification.digest = digest_bytes(&checksum, sizeof checksum);
    return verification;
  }

 private:
  float* x() const { return x_.data() == nullptr ? nullptr : x_.data() + problem_.offsets.x; }

  device::Context& context_;
  StreamProblem problem_;
  device::Buffer<float> x_;
  device::Buffer<std::uint32_t> slots_;
};

class DotExecution final : public Execution {
 public:
  DotExecution(device::Context& context, const StreamProblem& problem, StreamLaunch launch, double roundings)
      : context_(context),
        problem_(problem),
        launch_(std::move(launch)),
        roundings_(roundings),
        x_(problem.count + problem.offsets.x),
        y_(problem.count + problem.offsets.y),
        result_(1) {
    device::fill_random(x(), problem.count, x_seed, context.stream());
    device::fill_random(y(), problem.count, y_seed, context.stream());
    context.synchronize("filling the inputs of dot");
  }

  void run() override { launch_(x(), y(), result_.data(), problem_.count, context_.stream()); }

  Verification verify() override {
    device::poison(result_.data(), result_.bytes(), context_.stream());
    run();
    const float result = device::to_host(result_.data(), 1, context_.stream()).front();
    Verification verification = compare_dot(result, problem_.count, roundings_);
    verification.digest = digest_bytes(&result, sizeof result);
    return verification;
  }

 private:
  float* x() const { return x_.data() == nullptr ? nullptr : x_.data() + problem_.offsets.x; }
  float* y() const { return y_.data() == nullptr ? nullptr : y_.data() + problem_.offsets.y; }

  device::Context& context_;
  StreamProblem problem_;
  StreamLaunch launch_;
  double roundings_;
  device::Buffer<float> x_, y_;
  device::Buffer<float> result_;
};

StreamLaunch own_elementwise(StreamOperation operation, int capability) {
  return [=](const float* x, const float* y, float* z, std::size_t count, cudaStream_t stream) {
    device::launch_stream_elementwise(operation, x, y, z, count, capability, stream);
  };
}

/// What our dot kernel keeps between its blocks, cleared once: it leaves both as it found them.
struct DotSums {
  DotSums(std::size_t count, cudaStream_t stream) : partials(device::dot_partials(count)), finished(1) {
    device::check(cudaMemsetAsync(partials.data(), 0, partials.bytes(), stream),
                  "clearing the partial sums of dot");
    device::check(cudaMemsetAsync(finished.data(), 0, finished.bytes(), stream),
                  "clearing the counter of dot");
  }
  device::Buffer<float> partials;
  device::Buffer<unsigned> finished;
};

StreamLaunch own_dot(const device::Context& context, std::size_t count) {
  const auto sums = std::make_shared<DotSums>(count, context.stream());
  const int capability = context.compute_capability();
  return [=](const float* x, const float* y, float* result, std::size_t n, cudaStream_t stream) {
    device::launch_dot(x, y, n, {sums->partials.data(), sums->finished.data()}, result, capability, stream);
  };
}

}  // namespace

std::unique_ptr<Execution> prepare_stream(device::Context& context, const StreamProblem& problem) {
  const int capability = context.compute_capability();
  switch (problem.operation) {
    case StreamOperation::read: return std::make_unique<ReadExecution>(context, problem);
    case StreamOperation::dot:
      return prepare_dot(context, problem, own_dot(context, problem.count), device::dot_roundings(capability));
    default: return prepare_elementwise(context, problem, own_elementwise(problem.operation, capability));
  }
}

std::unique_ptr<Execution> prepare_elementwise(device::Context& context, const StreamProblem& problem,
                                               StreamLaunch launch) {
  return std::make_unique<ElementwiseExecution>(context, problem, std::move(launch));
}

std::unique_ptr<Execution> prepare_dot(device::Context& context, const StreamProblem& problem,
                                       StreamLaunch launch, double roundings) {
  return std::make_unique<DotExecution>(context, problem, std::move(launch), roundings);
}

}  // namespace cuparity
