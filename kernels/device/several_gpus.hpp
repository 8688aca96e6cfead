// What work on more than one GPU needs: which GPU is current, and streams on the others that are in step with the
// context's stream, so that events there time the work of all of them.
#pragma once

#include <cuda_runtime_api.h>

#include <string>
#include <vector>

#include "kernels/device/context.hpp"

namespace cuparity::device {

/// The GPUs that this process sees; 0 where CUDA does not say.
int visible_gpus();

/// Makes GPU `ordinal` the current one of this thread; at the end the one before is current again.
class CurrentGpu {
 public:
  explicit CurrentGpu(int ordinal);
  CurrentGpu(const CurrentGpu&) = delete;
  CurrentGpu& operator=(const CurrentGpu&) = delete;
  ~CurrentGpu();

 private:
  int before_ = 0;
};

/// A buffer of `count` elements in the memory of GPU `ordinal`.
template <typename T>
Buffer<T> buffer_on(int ordinal, std::size_t count) {
  const CurrentGpu current(ordinal);
  return Buffer<T>(count);
}

/// One stream on each of some GPUs; on the context's GPU it is the context's stream. Work that is enqueued between
/// begin() and end() starts after what the context's stream holds, and that stream goes on when all of it is done: of
/// the time between two events there, the slowest GPU counts.
class StreamsInStep {
 public:
  StreamsInStep(Context& context, const std::vector<int>& ordinals);
  StreamsInStep(const StreamsInStep&) = delete;
  StreamsInStep& operator=(const StreamsInStep&) = delete;
  ~StreamsInStep();

  void begin();
  void end();
  std::size_t size() const { return members_.size(); }
  int ordinal(std::size_t index) const { return members_[index].ordinal; }
  cudaStream_t stream(std::size_t index) const { return members_[index].stream; }

 private:
  struct Member {
    int ordinal = 0;
    cudaStream_t stream = nullptr;
    cudaEvent_t done = nullptr;  ///< null for the context's stream, which is not ours
  };
  void destroy();

  Context& context_;
  Event begun_;
  std::vector<Member> members_;
};

}  // namespace cuparity::device
