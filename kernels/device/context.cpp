#include "kernels/device/context.hpp"

#include <cstdio>

namespace cuparity::device {

std::string uuid_text(const cudaUUID_t& uuid) {
  std::string text = "GPU-";
  for (int i = 0; i < 16; ++i) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(uuid.bytes[i]));
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += digits;
  }
  return text;
}

Context::Context(int ordinal) : ordinal_(ordinal) {
  check(cudaSetDevice(ordinal), "selecting GPU " + std::to_string(ordinal));
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, ordinal),
        "reading the properties of GPU " + std::to_string(ordinal));
  compute_capability_ = 10 * properties.major + properties.minor;
  multiprocessors_ = properties.multiProcessorCount;
  l2_bytes_ = static_cast<std::size_t>(properties.l2CacheSize);
  memory_bytes_ = properties.totalGlobalMem;
  name_ = properties.name;
  uuid_ = uuid_text(properties.uuid);
  check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "creating a stream");
}

Context::~Context() { cudaStreamDestroy(stream_); }

void Context::synchronize(const std::string& what_was_done) const {
  check(cudaStreamSynchronize(stream_), what_was_done);
}

void Context::flush_l2() {
  if (flush_.size() == 0) flush_ = Buffer<unsigned char>(2 * (l2_bytes_ == 0 ? 1u << 26 : l2_bytes_));
  check(cudaMemsetAsync(flush_.data(), flush_value_ ^= 0x5a, flush_.bytes(), stream_), "flushing the L2");
}

}  // namespace cuparity::device
