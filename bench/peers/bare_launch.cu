// A loop of cudaLaunchKernel and two readings of the clock, on a stream of its own: what our launch rows may cost.
#include <chrono>

#include "bench/peers/peer.hpp"
#include "kernels/device/context.hpp"
#include "kernels/device/memory.hpp"
#include "kernels/digest.hpp"

namespace cuparity {
namespace {

using device::check;

__global__ void nothing() {}

__global__ void add_one(unsigned* counter) { ++*counter; }

class BareLaunch final : public Execution {
 public:
  BareLaunch(device::Context& context, long count, bool wait_for_each)
      : context_(context), count_(count), wait_for_each_(wait_for_each) {}

  void run() override {
    check(cudaStreamSynchronize(context_.stream()), "waiting for an idle GPU");
    const auto begin = std::chrono::steady_clock::now();
    for (long i = 0; i < count_; ++i) {
      cudaLaunchKernel(reinterpret_cast<const void*>(nothing), dim3(1), dim3(1), nullptr, 0, context_.stream());
      if (wait_for_each_) cudaStreamSynchronize(context_.stream());
    }
    const auto end = std::chrono::steady_clock::now();
    check(cudaGetLastError(), "launching an empty kernel");
    check(cudaStreamSynchronize(context_.stream()), "running empty kernels");
    seconds_ = std::chrono::duration<double>(end - begin).count();
  }

  /// The same loop with a kernel that counts.
  Verification verify() override {
    run();
    device::Buffer<unsigned> counter(1);
    check(cudaMemsetAsync(counter.data(), 0, counter.bytes(), context_.stream()), "clearing the launch counter");
    for (long i = 0; i < count_; ++i) add_one<<<1, 1, 0, context_.stream()>>>(counter.data());
    check(cudaGetLastError(), "launching the counting kernel");
    const unsigned found = device::to_host(counter.data(), 1, context_.stream()).front();
    Verification verification;
    verification.error = found == static_cast<unsigned>(count_) ? 0 : 2;
    verification.digest = digest_bytes(&found, sizeof found);
    verification.detail = std::to_string(found) + " of " + std::to_string(count_) + " launches ran";
    return verification;
  }

  double reported_seconds() const override { return seconds_; }

 private:
  device::Context& context_;
  long count_;
  bool wait_for_each_;
  double seconds_ = 0;
};

}  // namespace

std::vector<Case> bare_launch_cases(const std::vector<Case>& ours) {
  std::vector<Case> cases =
      taken_over(ours, "launch/(submit|round_trip)",
                 [](const Case& row, device::Context* context) -> std::unique_ptr<Execution> {
                   return std::make_unique<BareLaunch>(*context, static_cast<long>(row.operations),
                                                       row.name == "launch/round_trip");
                 });
  for (Case& row : cases) row.timing = Timing::reported;
  return cases;
}

}  // namespace cuparity
