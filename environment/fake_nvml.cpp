// Test data: a libnvidia-ml.so.1 with two GPUs, the second one barely supported, and no
// nvmlDeviceGetMigMode. CUPARITY_FAKE_NVML_INIT is the code that nvmlInit_v2 returns.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "environment/nvml_abi.hpp"

namespace nvml = cuparity::environment::nvml;

namespace {

constexpr nvml::Return not_supported = 3;
constexpr nvml::Return not_found = 6;

bool is_first(nvml::Device device) { return reinterpret_cast<std::size_t>(device) == 1; }

nvml::Return give(nvml::Device device, unsigned* target, unsigned value) {
  if (!is_first(device)) return not_supported;
  *target = value;
  return nvml::success;
}

}  // namespace

extern "C" {

nvml::Return nvmlInit_v2() {
  const char* code = std::getenv("CUPARITY_FAKE_NVML_INIT");
  return code == nullptr ? nvml::success : std::atoi(code);
}
nvml::Return nvmlShutdown() { return nvml::success; }
const char* nvmlErrorString(nvml::Return code) {
  return code == 18 ? "Driver/library version mismatch" : "other";
}
nvml::Return nvmlSystemGetDriverVersion(char* text, unsigned length) {
  std::snprintf(text, length, "580.65.06");
  return nvml::success;
}
nvml::Return nvmlSystemGetCudaDriverVersion_v2(int* version) {
  *version = 12040;
  return nvml::success;
}
nvml::Return nvmlDeviceGetCount_v2(unsigned* count) {
  *count = 2;
  return nvml::success;
}
nvml::Return nvmlDeviceGetHandleByIndex_v2(unsigned index, nvml::Device* device) {
  if (index > 1) return 2;
  *device = reinterpret_cast<nvml::Device>(static_cast<std::size_t>(index + 1));
  return nvml::success;
}
nvml::Return nvmlDeviceGetHandleByUUID(const char* uuid, nvml::Device* device) {
  for (std::size_t index : {0, 1}) {
    if (std::string_view(uuid) != "GPU-" + std::to_string(index)) continue;
    *device = reinterpret_cast<nvml::Device>(index + 1);
    return nvml::success;
  }
  return not_found;
}
nvml::Return nvmlDeviceGetMinorNumber(nvml::Device device, unsigned* minor) {
  *minor = is_first(device) ? 0 : 1;
  return nvml::success;
}
nvml::Return nvmlDeviceGetName(nvml::Device, char* text, unsigned length) {
  std::snprintf(text, length, "Fake GPU");
  return nvml::success;
}
nvml::Return nvmlDeviceGetUUID(nvml::Device device, char* text, unsigned length) {
  std::snprintf(text, length, "GPU-%d", is_first(device) ? 0 : 1);
  return nvml::success;
}
nvml::Return nvmlDeviceGetBoardPartNumber(nvml::Device device, char* text, unsigned length) {
  std::snprintf(text, length, "692-2G520-0282-001");
  return is_first(device) ? nvml::success : not_supported;
}
nvml::Return nvmlDeviceGetPciInfo_v3(nvml::Device, nvml::PciInfo* info) {
  std::strcpy(info->bus_id, "00000000:C1:00.0");
  return nvml::success;
}
nvml::Return nvmlDeviceGetMemoryInfo(nvml::Device, nvml::Memory* memory) {
  memory->total = 1ull << 37;
  return nvml::success;
}
nvml::Return nvmlDeviceGetPersistenceMode(nvml::Device device, unsigned* mode) {
  return give(device, mode, 1);
}
nvml::Return nvmlDeviceGetEccMode(nvml::Device device, unsigned* current, unsigned* pending) {
  *pending = 1;
  return give(device, current, 0);
}
nvml::Return nvmlDeviceGetClockInfo(nvml::Device device, unsigned kind, unsigned* megahertz) {
  return give(device, megahertz, kind == nvml::clock_sm ? 1980 : 3201);
}
nvml::Return nvmlDeviceGetTemperature(nvml::Device device, unsigned, unsigned* celsius) {
  return give(device, celsius, 33);
}
nvml::Return nvmlDeviceGetPowerUsage(nvml::Device device, unsigned* milliwatts) {
  return give(device, milliwatts, 75500);
}
nvml::Return nvmlDeviceGetCurrentClocksThrottleReasons(nvml::Device device, unsigned long long* reasons) {
  *reasons = 5;
  return is_first(device) ? nvml::success : not_supported;
}
nvml::Return nvmlDeviceGetComputeRunningProcesses_v3(nvml::Device device, unsigned* count,
                                                     nvml::ProcessInfo*) {
  *count = is_first(device) ? 3 : 0;
  return is_first(device) ? nvml::insufficient_size : nvml::success;
}

}  // extern "C"
