// The GPU that a process works on, and RAII owners for what CUDA hands out.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "kernels/device/check.hpp"

namespace cuparity::device {

/// Device memory of `count` elements of T; aligned to 256 bytes by CUDA. Move only.
template <typename T>
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::size_t count) : count_(count) {
    if (count == 0) return;
    void* memory = nullptr;
    check(cudaMalloc(&memory, count * sizeof(T)),
          "allocating " + std::to_string(count * sizeof(T)) + " bytes on the GPU");
    data_ = static_cast<T*>(memory);
  }
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), count_(std::exchange(other.count_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(count_, other.count_);
    return *this;
  }
  ~Buffer() { cudaFree(data_); }

  T* data() const { return data_; }
  std::size_t size() const { return count_; }
  std::size_t bytes() const { return count_ * sizeof(T); }

 private:
  T* data_ = nullptr;
  std::size_t count_ = 0;
};

/// A CUDA event; `timing` events measure, the others only order.
class Event {
 public:
  Event() { check(cudaEventCreate(&event_), "creating a CUDA event"); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { cudaEventDestroy(event_); }
  cudaEvent_t get() const { return event_; }

 private:
  cudaEvent_t event_ = nullptr;
};

/// A stream of its own on the current GPU; not ordered after the default stream.
class Stream {
 public:
  Stream() { check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "creating a stream"); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { cudaStreamDestroy(stream_); }
  cudaStream_t get() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

/// "GPU-xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", as NVML and nvidia-smi write it.
std::string uuid_text(const cudaUUID_t& uuid);

/// The current GPU: one stream that all timed work goes to, and the properties that choose kernels.
class Context {
 public:
  /// Device `ordinal` in CUDA's numbering. Throws CudaError when there is none or it is not usable.
  explicit Context(int ordinal = 0);
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context();

  cudaStream_t stream() const { return stream_; }
  int ordinal() const { return ordinal_; }
  /// Compute capability as 10 * major + minor, e.g. 90 for Hopper.
  int compute_capability() const { return compute_capability_; }
  int multiprocessors() const { return multiprocessors_; }
  std::size_t l2_bytes() const { return l2_bytes_; }
  std::size_t memory_bytes() const { return memory_bytes_; }
  const std::string& name() const { return name_; }
  /// "GPU-xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", as NVML and nvidia-smi write it.
  const std::string& uuid() const { return uuid_; }

  /// Waits for the stream; throws CudaError with `what_was_done` if anything on it failed.
  void synchronize(const std::string& what_was_done) const;

  /// Enqueues a write of twice the L2's size, so that what runs next starts from device memory.
  void flush_l2();

 private:
  int ordinal_ = 0;
  int compute_capability_ = 0;
  int multiprocessors_ = 0;
  std::size_t l2_bytes_ = 0;
  std::size_t memory_bytes_ = 0;
  std::string name_;
  std::string uuid_;
  cudaStream_t stream_ = nullptr;
  Buffer<unsigned char> flush_;
  int flush_value_ = 0;
};

}  // namespace cuparity::device
