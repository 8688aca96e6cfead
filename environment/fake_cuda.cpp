// A stand-in for libcuda.so.1 with two GPUs that knows PCI addresses in CUDA's own spelling alone. Memory is named by the
// GPU that it is on, and opens in a process that sees that GPU. Variables:
//   CUPARITY_FAKE_CUDA_GPUS=1       the GPUs that this process sees; default 01
//   CUPARITY_FAKE_CUDA_CALL=open    cuIpcOpenMemHandle opens all memory; hang: it never returns;
//                                   busy: no context can be made; hold-hangs: cuIpcGetMemHandle never returns
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

namespace {

constexpr const char* addresses[] = {"0000:01:00.0", "0000:02:00.0"};
constexpr int invalid_device = 101;
constexpr int device_unavailable = 46;

struct Handle {
  char bytes[64];
};

std::string variable(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

std::string visible() { return variable("CUPARITY_FAKE_CUDA_GPUS", "01"); }
bool does(const char* what) { return variable("CUPARITY_FAKE_CUDA_CALL", "") == what; }
[[noreturn]] void hang() {
  for (;;) pause();
}

/// A device is the number of its GPU, whatever its ordinal is here.
int current_device = -1;

}  // namespace

extern "C" {

int cuInit(unsigned) { return 0; }
int cuDriverGetVersion(int* version) {
  *version = 13000;
  return 0;
}
int cuDeviceGetCount(int* count) {
  *count = static_cast<int>(visible().size());
  return 0;
}
int cuDeviceGet(int* device, int ordinal) {
  const std::string gpus = visible();
  if (ordinal < 0 || ordinal >= static_cast<int>(gpus.size())) return invalid_device;
  *device = gpus[static_cast<std::size_t>(ordinal)] - '0';
  return 0;
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
  for (const char gpu : visible()) {
    *device = gpu - '0';
    if (std::strcmp(address, addresses[*device]) == 0) return 0;
  }
  return invalid_device;
}
int cuDeviceCanAccessPeer(int* possible, int, int) {
  *possible = 1;
  return 0;
}
int cuDevicePrimaryCtxRetain(void** context, int device) {
  if (does("busy")) return device_unavailable;
  static int devices[2];
  devices[device] = device;
  *context = &devices[device];
  return 0;
}
int cuCtxSetCurrent(void* context) {
  current_device = *static_cast<int*>(context);
  return 0;
}
int cuMemAlloc_v2(unsigned long long* memory, std::size_t) {
  *memory = static_cast<unsigned long long>(current_device);
  return 0;
}
int cuIpcGetMemHandle(Handle* handle, unsigned long long memory) {
  if (does("hold-hangs")) hang();
  std::memset(handle, 0xa0, sizeof *handle);
  handle->bytes[63] = static_cast<char>('0' + memory);
  return 0;
}
int cuIpcOpenMemHandle_v2(unsigned long long* memory, Handle handle, unsigned flags) {
  if (does("hang")) hang();
  if (flags != 1) return 1;
  *memory = 1;
  return does("open") || visible().find(handle.bytes[63]) != std::string::npos ? 0 : invalid_device;
}
int cuGetErrorName(int code, const char** name) {
  *name = code == 0 ? "CUDA_SUCCESS" : code == invalid_device ? "CUDA_ERROR_INVALID_DEVICE" : "CUDA_ERROR_OTHER";
  return 0;
}
}
