#include <cuda_runtime_api.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "bench/context.hpp"
#include "environment/nvml.hpp"
#include "environment/process_environment.hpp"
#include "kernels/device/context.hpp"

#ifdef CUPARITY_HAVE_CUBLAS
#include <cublas_v2.h>
#endif
#ifdef CUPARITY_HAVE_CUDNN
#include <cudnn.h>
#endif

namespace cuparity {
namespace {

using Members = std::map<std::string, std::string>;

std::string join(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ",") + item;
  return text;
}

/// 13000 -> "13.0", as CUDA numbers its versions.
std::string cuda_version(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

void add_cuda_versions(Members& members) {
  int version = 0;
  if (cudaDriverGetVersion(&version) == cudaSuccess && version > 0)
    members["cuda_driver_version"] = cuda_version(version);
  if (cudaRuntimeGetVersion(&version) == cudaSuccess) members["cuda_runtime_version"] = cuda_version(version);
#ifdef CUPARITY_HAVE_CUBLAS
  int part[3] = {};
  if (cublasGetProperty(MAJOR_VERSION, &part[0]) == CUBLAS_STATUS_SUCCESS &&
      cublasGetProperty(MINOR_VERSION, &part[1]) == CUBLAS_STATUS_SUCCESS &&
      cublasGetProperty(PATCH_LEVEL, &part[2]) == CUBLAS_STATUS_SUCCESS)
    members["cublas_version"] =
        std::to_string(part[0]) + "." + std::to_string(part[1]) + "." + std::to_string(part[2]);
#endif
#ifdef CUPARITY_HAVE_CUDNN
  const std::size_t number = cudnnGetVersion();
  const std::size_t major_unit = number >= 90000 ? 10000 : 1000;  // cuDNN 9 changed its numbering
  members["cudnn_version"] = std::to_string(number / major_unit) + "." +
                             std::to_string(number % major_unit / 100) + "." + std::to_string(number % 100);
#endif
}

void add_library_paths(Members& members) {
  const std::pair<const char*, const char*> libraries[] = {{"libcuda_path", "libcuda.so"},
                                                           {"libcublas_path", "libcublas.so"},
                                                           {"libcublaslt_path", "libcublasLt.so"},
                                                           {"libcudnn_path", "libcudnn.so"}};
  for (const auto& [member, prefix] : libraries) {
    const auto loaded = environment::loaded_libraries(prefix);
    if (!loaded.empty()) members[member] = loaded.begin()->second;
  }
}

template <typename Value>
void add_if_known(Members& members, const char* name, const std::optional<Value>& value) {
  if (value) members[name] = std::to_string(*value);
}

void add_reading(const environment::NvmlReading& reading, Members& members) {
  add_if_known(members, "sm_clock_mhz", reading.sm_clock_mhz);
  add_if_known(members, "memory_clock_mhz", reading.memory_clock_mhz);
  add_if_known(members, "temperature_celsius", reading.temperature_celsius);
  if (reading.power_watts) {
    char watts[32];
    std::snprintf(watts, sizeof watts, "%.1f", *reading.power_watts);
    members["power_watts"] = watts;
  }
  if (reading.clocks_event_reasons) {
    const std::string names = join(environment::clocks_event_reason_names(*reading.clocks_event_reasons));
    members["clocks_event_reasons"] = names.empty() ? "none" : names;
  }
}

void add_nvml(const std::string& uuid, Members& members) {
  std::string failure;
  const auto nvml = environment::Nvml::open(failure);
  if (nvml == nullptr) {
    members["nvml_failure"] = failure;
    return;
  }
  const std::string version = nvml->driver_version();
  if (!version.empty()) members["driver_version"] = version;
  std::vector<std::string> uuids;
  for (const environment::NvmlDevice& device : nvml->devices()) {
    uuids.push_back(device.uuid);
    if (device.uuid == uuid) add_reading(nvml->read(device.index), members);
  }
  members["nvml_gpu_count"] = std::to_string(uuids.size());
  members["nvml_gpu_uuids"] = join(uuids);
}

}  // namespace

void add_gpu_context(const device::Context& context, Members& members) {
  members["gpu_name"] = context.name();
  members["gpu_uuid"] = context.uuid();
  members["compute_capability"] = std::to_string(context.compute_capability() / 10) + "." +
                                  std::to_string(context.compute_capability() % 10);
  const std::vector<std::string> uuids = device::visible_uuids();
  members["gpu_count"] = std::to_string(uuids.size());
  members["gpu_uuids"] = join(uuids);
  add_cuda_versions(members);
  add_library_paths(members);
  add_nvml(context.uuid(), members);
}

}  // namespace cuparity
