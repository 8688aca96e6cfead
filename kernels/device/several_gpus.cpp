#include "kernels/device/several_gpus.hpp"

namespace cuparity::device {

int visible_gpus() {
  int count = 0;
  if (cudaGetDeviceCount(&count) == cudaSuccess) return count;
  cudaGetLastError();  // not an error of what comes next
  return 0;
}

CurrentGpu::CurrentGpu(int ordinal) {
  check(cudaGetDevice(&before_), "asking for the current GPU");
  check(cudaSetDevice(ordinal), "selecting GPU " + std::to_string(ordinal));
}

CurrentGpu::~CurrentGpu() { cudaSetDevice(before_); }

StreamsInStep::StreamsInStep(Context& context, const std::vector<int>& ordinals) : context_(context) {
  try {
    for (const int ordinal : ordinals) {
      Member& member = members_.emplace_back();
      member.ordinal = ordinal;
      if (ordinal == context.ordinal()) {
        member.stream = context.stream();
        continue;
      }
      const CurrentGpu current(ordinal);
      check(cudaEventCreateWithFlags(&member.done, cudaEventDisableTiming), "creating a CUDA event");
      check(cudaStreamCreateWithFlags(&member.stream, cudaStreamNonBlocking),
            "creating a stream on GPU " + std::to_string(ordinal));
    }
  } catch (...) {
    destroy();
    throw;
  }
}

StreamsInStep::~StreamsInStep() { destroy(); }

void StreamsInStep::destroy() {
  for (const Member& member : members_) {
    if (member.done == nullptr) continue;
    cudaEventDestroy(member.done);
    if (member.stream != nullptr) cudaStreamDestroy(member.stream);
  }
}

void StreamsInStep::begin() {
  check(cudaEventRecord(begun_.get(), context_.stream()), "recording the start of work on several GPUs");
  for (const Member& member : members_)
    if (member.done != nullptr)
      check(cudaStreamWaitEvent(member.stream, begun_.get(), 0), "ordering the streams of several GPUs");
}

void StreamsInStep::end() {
  for (const Member& member : members_) {
    if (member.done == nullptr) continue;
    check(cudaEventRecord(member.done, member.stream), "recording the end of work on several GPUs");
    check(cudaStreamWaitEvent(context_.stream(), member.done, 0), "ordering the streams of several GPUs");
  }
}

}  // namespace cuparity::device
