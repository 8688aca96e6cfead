#include "kernels/convolution/cudnn_descriptor.hpp"

#include <algorithm>

namespace cuparity {
namespace {

std::string describe(cudnnStatus_t status) {
  std::string text = cudnnGetErrorString(status);
#if CUDNN_VERSION >= 90000
  char message[512] = "";
  cudnnGetLastErrorString(message, sizeof message);
  if (message[0] != '\0') text += ": " + std::string(message);
#endif
  // Errors become reasons of skipped rows, which are one line without ';'.
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::replace(text.begin(), text.end(), ';', ',');
  return text;
}

std::string naming(const char* action, cudnnBackendAttributeName_t name) {
  return action + std::string(" attribute ") + std::to_string(static_cast<int>(name)) +
         " of a cuDNN descriptor";
}

}  // namespace

CudnnError::CudnnError(cudnnStatus_t status, const std::string& what_was_done)
    : std::runtime_error(what_was_done + ": " + describe(status)), status_(status) {}

bool CudnnError::refuses() const {
#if CUDNN_VERSION >= 90000
  return CUDNN_STATUS_CATEGORY(static_cast<int>(status_)) == static_cast<int>(CUDNN_STATUS_NOT_SUPPORTED);
#else
  return status_ == CUDNN_STATUS_NOT_SUPPORTED || status_ == CUDNN_STATUS_ARCH_MISMATCH;
#endif
}

CudnnDescriptor::CudnnDescriptor(cudnnBackendDescriptorType_t type) {
  check_cudnn(cudnnBackendCreateDescriptor(type, &descriptor_), "creating a cuDNN descriptor");
}

CudnnDescriptor::~CudnnDescriptor() {
  if (descriptor_ != nullptr) cudnnBackendDestroyDescriptor(descriptor_);
}

void CudnnDescriptor::set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                          std::int64_t count, const void* values) {
  const cudnnStatus_t status = cudnnBackendSetAttribute(descriptor_, name, type, count, values);
  if (status != CUDNN_STATUS_SUCCESS) throw CudnnError(status, naming("setting", name));
}

void CudnnDescriptor::finalize(const char* what_was_done) {
  check_cudnn(cudnnBackendFinalize(descriptor_), what_was_done);
}

std::int64_t CudnnDescriptor::get_int64(cudnnBackendAttributeName_t name) const {
  std::int64_t value = 0;
  read(name, CUDNN_TYPE_INT64, 1, &value);
  return value;
}

std::int64_t CudnnDescriptor::count_descriptors(cudnnBackendAttributeName_t name) const {
  return read(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, nullptr);
}

std::vector<CudnnDescriptor> CudnnDescriptor::get_descriptors(cudnnBackendAttributeName_t name,
                                                              cudnnBackendDescriptorType_t type,
                                                              std::int64_t capacity) const {
  std::vector<CudnnDescriptor> descriptors;
  std::vector<cudnnBackendDescriptor_t> pointers;
  for (std::int64_t i = 0; i < capacity; ++i) pointers.push_back(descriptors.emplace_back(type).get());
  if (capacity == 0) return descriptors;
  const std::int64_t filled =
      std::min(read(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, capacity, pointers.data()), capacity);
  while (static_cast<std::int64_t>(descriptors.size()) > filled) descriptors.pop_back();
  return descriptors;
}

std::int64_t CudnnDescriptor::read(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                                   std::int64_t capacity, void* values) const {
  std::int64_t count = 0;
  const cudnnStatus_t status = cudnnBackendGetAttribute(descriptor_, name, type, capacity, &count, values);
  if (status != CUDNN_STATUS_SUCCESS) throw CudnnError(status, naming("reading", name));
  return count;
}

cudnnHandle_t CudnnHandle::get() {
  if (handle_ == nullptr) check_cudnn(cudnnCreate(&handle_), "creating a cuDNN handle");
  return handle_;
}

}  // namespace cuparity
