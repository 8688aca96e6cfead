// Owner of a cuDNN backend descriptor, and the throwing check of cuDNN calls.
#pragma once

#include <cudnn.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace cuparity {

/// A failed cuDNN call.
class CudnnError : public std::runtime_error {
 public:
  CudnnError(cudnnStatus_t status, const std::string& what_was_done);

  /// Whether the library refuses the problem, the device or the driver, rather than having failed.
  bool refuses() const;

 private:
  cudnnStatus_t status_;
};

/// Throws CudnnError unless `status` is success. `what_was_done` reads "creating a cuDNN handle".
inline void check_cudnn(cudnnStatus_t status, const char* what_was_done) {
  if (status != CUDNN_STATUS_SUCCESS) throw CudnnError(status, what_was_done);
}

/// One descriptor of cuDNN's graph API. Attributes are set, then finalize() is called, then they are
/// read. Move only. All calls throw CudnnError.
class CudnnDescriptor {
 public:
  explicit CudnnDescriptor(cudnnBackendDescriptorType_t type);
  CudnnDescriptor(CudnnDescriptor&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, nullptr)) {}
  CudnnDescriptor& operator=(CudnnDescriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~CudnnDescriptor();

  cudnnBackendDescriptor_t get() const { return descriptor_; }

  void set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::int64_t count,
           const void* values);
  template <typename T>
  void set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, const T& value) {
    set(name, type, 1, &value);
  }
  void set(cudnnBackendAttributeName_t name, std::int64_t value) { set(name, CUDNN_TYPE_INT64, value); }
  void set(cudnnBackendAttributeName_t name, const std::vector<std::int64_t>& values) {
    set(name, CUDNN_TYPE_INT64, static_cast<std::int64_t>(values.size()), values.data());
  }
  void set(cudnnBackendAttributeName_t name, const CudnnDescriptor& value) {
    set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, value.descriptor_);
  }

  void finalize(const char* what_was_done);

  std::int64_t get_int64(cudnnBackendAttributeName_t name) const;
  /// At most `capacity` values of an enumeration.
  template <typename T>
  std::vector<T> get_values(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                            std::int64_t capacity) const {
    std::vector<T> values(static_cast<std::size_t>(capacity));
    values.resize(static_cast<std::size_t>(std::min(read(name, type, capacity, values.data()), capacity)));
    return values;
  }
  /// How many descriptors the attribute holds. Some attributes say 0 until they are read.
  std::int64_t count_descriptors(cudnnBackendAttributeName_t name) const;
  /// At most `capacity` descriptors of `type` that the attribute holds, copied into new ones.
  std::vector<CudnnDescriptor> get_descriptors(cudnnBackendAttributeName_t name,
                                               cudnnBackendDescriptorType_t type,
                                               std::int64_t capacity) const;

 private:
  /// Reads up to `capacity` values; returns how many there are.
  std::int64_t read(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::int64_t capacity,
                    void* values) const;

  cudnnBackendDescriptor_t descriptor_ = nullptr;
};

/// cuDNN's handle on the current GPU, created by the first get(): that loads the library's kernels, which
/// only the process that needs them should pay. Shared by many cases. Never destroyed: its owners may live
/// until the process ends, when the driver that cudnnDestroy() would call is already gone.
class CudnnHandle {
 public:
  /// Throws CudnnError.
  cudnnHandle_t get();

 private:
  cudnnHandle_t handle_ = nullptr;
};

}  // namespace cuparity
