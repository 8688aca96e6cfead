// A stand-in for libcuda.so.1 with two GPUs that knows PCI addresses in CUDA's own spelling alone.
#include <cstring>

namespace {

constexpr const char* addresses[] = {"0000:01:00.0", "0000:02:00.0"};
constexpr int invalid_device = 101;

}  // namespace

extern "C" {

int cuInit(unsigned) { return 0; }
int cuDriverGetVersion(int* version) {
  *version = 13000;
  return 0;
}
int cuDeviceGetCount(int* count) {
  *count = 2;
  return 0;
}
int cuDeviceGet(int* device, int ordinal) {
  *device = ordinal;
  return ordinal < 2 ? 0 : invalid_device;
}
int cuDeviceGetUuid_v2(unsigned char* uuid, int device) {
  std::memset(uuid, 0x11 * (device + 1), 16);
  return 0;
}
int cuDeviceGetPCIBusId(char* text, int length, int device) {
  std::strncpy(text, addresses[device], static_cast<std::size_t>(length));
  return 0;
}
int cuDeviceGetByPCIBusId(int* device, const char* address) {
  for (*device = 0; *device < 2; ++*device)
    if (std::strcmp(address, addresses[*device]) == 0) return 0;
  return invalid_device;
}
}
