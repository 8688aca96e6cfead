#include "kernels/device/description.hpp"

#include <omp.h>

#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "environment/nvml.hpp"
#include "environment/process_environment.hpp"

#ifdef CUPARITY_HAVE_CUDA
#include "kernels/collectives/nccl_library.hpp"
#include "kernels/device/context.hpp"
#include "kernels/device/several_gpus.hpp"
#endif
#ifdef CUPARITY_HAVE_CUBLAS
#include <cublasLt.h>
#include <cublas_v2.h>
#endif
#ifdef CUPARITY_HAVE_CUDNN
#include <cudnn.h>
#endif
#ifdef CUPARITY_HAVE_OPENBLAS
#include <cblas.h>
#endif
#ifdef CUPARITY_HAVE_ONEDNN
#include <dnnl.h>
#endif

namespace cuparity {
namespace {

using Facts = std::map<std::string, std::string>;

void describe_cpu_libraries(Facts& facts) {
  facts["threads"] = std::to_string(omp_get_max_threads());
#ifdef CUPARITY_HAVE_OPENBLAS
  facts["openblas_config"] = openblas_get_config();
#endif
#ifdef CUPARITY_HAVE_ONEDNN
  const dnnl_version_t* version = dnnl_version();
  facts["onednn_version"] = std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
                            std::to_string(version->patch);
#endif
}

#ifdef CUPARITY_HAVE_CUDA

/// CUDA's 13020 is version 13.2.
std::string cuda_version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

/// "00000000:C1:00.0", as NVML writes it; CUDA writes four digits of the domain.
std::string nvml_bus_id(int ordinal) {
  char text[32] = {};
  if (cudaDeviceGetPCIBusId(text, sizeof text, ordinal) != cudaSuccess) return {};
  std::string id = text;
  for (char& letter : id)
    if (letter >= 'a' && letter <= 'f') letter = static_cast<char>(letter - 'a' + 'A');
  return id.find(':') == 4 ? "0000" + id : id;
}

void describe_gpus(Facts& facts, const device::Context& context) {
  facts["gpu_name"] = context.name();
  facts["gpu_uuid"] = context.uuid();
  facts["gpu_memory_bytes"] = std::to_string(context.memory_bytes());
  facts["compute_capability"] = std::to_string(context.compute_capability() / 10) + "." +
                                std::to_string(context.compute_capability() % 10);
  const std::string bus_id = nvml_bus_id(context.ordinal());
  if (!bus_id.empty()) facts["gpu_pci_bus_id"] = bus_id;
  int count = 0;
  if (cudaGetDeviceCount(&count) != cudaSuccess) return;
  facts["gpu_count"] = std::to_string(count);
  std::string uuids;
  for (int ordinal = 0; ordinal < count; ++ordinal) {
    cudaDeviceProp properties{};
    if (cudaGetDeviceProperties(&properties, ordinal) != cudaSuccess) continue;
    if (!uuids.empty()) uuids += ',';
    uuids += device::uuid_text(properties.uuid);
  }
  facts["gpu_uuids"] = uuids;
}

void describe_versions(Facts& facts) {
  int version = 0;
  if (cudaDriverGetVersion(&version) == cudaSuccess)
    facts["cuda_driver_version"] = cuda_version_text(version);
  if (cudaRuntimeGetVersion(&version) == cudaSuccess)
    facts["cuda_runtime_version"] = cuda_version_text(version);
#ifdef CUPARITY_HAVE_CUBLAS
  int major = 0;
  int minor = 0;
  int patch = 0;
  if (cublasGetProperty(MAJOR_VERSION, &major) == CUBLAS_STATUS_SUCCESS &&
      cublasGetProperty(MINOR_VERSION, &minor) == CUBLAS_STATUS_SUCCESS &&
      cublasGetProperty(PATCH_LEVEL, &patch) == CUBLAS_STATUS_SUCCESS)
    facts["cublas_version"] =
        std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
#endif
#ifdef CUPARITY_HAVE_CUDNN
  int cudnn_version[3] = {};
  if (cudnnGetProperty(MAJOR_VERSION, &cudnn_version[0]) == CUDNN_STATUS_SUCCESS &&
      cudnnGetProperty(MINOR_VERSION, &cudnn_version[1]) == CUDNN_STATUS_SUCCESS &&
      cudnnGetProperty(PATCH_LEVEL, &cudnn_version[2]) == CUDNN_STATUS_SUCCESS)
    facts["cudnn_version"] = std::to_string(cudnn_version[0]) + "." + std::to_string(cudnn_version[1]) + "." +
                             std::to_string(cudnn_version[2]);
#endif
}

/// Only where collectives can run: one GPU alone does not pay for loading it.
void describe_nccl(Facts& facts) {
  if (device::visible_gpus() < 2) return;
  const NcclLibrary& nccl = nccl_library();
  if (!nccl.version.empty()) facts["nccl_version"] = nccl.version;
  if (!nccl.path.empty()) facts["libnccl_path"] = nccl.path;
}

void describe_library_paths(Facts& facts) {
  for (const auto& [key, prefix] : {std::pair{"libcuda_path", "libcuda.so"},
                                    {"libcublas_path", "libcublas.so"},
                                    {"libcublaslt_path", "libcublasLt.so"},
                                    {"libcudnn_path", "libcudnn.so"}})
    for (const auto& [name, path] : environment::loaded_libraries(prefix)) facts[key] = path;
}

std::string state_text(bool enabled) { return enabled ? "enabled" : "disabled"; }

void describe_reading(Facts& facts, const environment::NvmlReading& reading) {
  if (reading.sm_clock_mhz) facts["sm_clock_mhz"] = std::to_string(*reading.sm_clock_mhz);
  if (reading.memory_clock_mhz) facts["memory_clock_mhz"] = std::to_string(*reading.memory_clock_mhz);
  if (reading.temperature_celsius)
    facts["temperature_celsius"] = std::to_string(*reading.temperature_celsius);
  if (reading.power_watts) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", *reading.power_watts);
    facts["power_watts"] = text;
  }
  if (reading.clocks_event_reasons) {
    std::string names;
    for (const std::string& name : environment::clocks_event_reason_names(*reading.clocks_event_reasons))
      names += (names.empty() ? "" : ",") + name;
    facts["clocks_event_reasons"] = names.empty() ? "none" : names;
  }
}

void describe_by_nvml(Facts& facts) {
  std::string failure;
  const std::unique_ptr<environment::Nvml> nvml = environment::Nvml::open(failure);
  if (!nvml) {
    facts["nvml_failure"] = failure;
    return;
  }
  facts["libnvidia_ml_path"] = nvml->library_path();
  if (!nvml->driver_version().empty()) facts["driver_version"] = nvml->driver_version();
  const std::vector<environment::NvmlDevice> devices = nvml->devices();
  int usable = 0;
  std::string uuids;
  for (const environment::NvmlDevice& device : devices) {
    if (device.uuid.empty()) continue;  // counted by NVML, but not this process's to use
    ++usable;
    uuids += (uuids.empty() ? "" : ",") + device.uuid;
    // By the bus and not by the UUID: under MIG the two libraries name different things.
    if (device.pci_bus_id.empty() || device.pci_bus_id != facts["gpu_pci_bus_id"]) continue;
    describe_reading(facts, nvml->read(device.index));
    if (!device.board_part_number.empty()) facts["gpu_board_part_number"] = device.board_part_number;
    if (device.persistence_mode) facts["persistence_mode"] = state_text(*device.persistence_mode);
    if (device.ecc_enabled) facts["ecc_mode"] = state_text(*device.ecc_enabled);
    if (device.mig_enabled) facts["mig_mode"] = state_text(*device.mig_enabled);
  }
  facts["nvml_gpu_count"] = std::to_string(usable);
  facts["nvml_gpu_uuids"] = uuids;
}

#endif  // CUPARITY_HAVE_CUDA

}  // namespace

Facts describe_device([[maybe_unused]] const device::Context* context) {
  Facts facts;
  describe_cpu_libraries(facts);
#ifdef CUPARITY_HAVE_CUDA
  if (context != nullptr) {
    describe_gpus(facts, *context);
    describe_versions(facts);
    describe_library_paths(facts);
    describe_nccl(facts);
    describe_by_nvml(facts);
  }
#endif
  return facts;
}

}  // namespace cuparity
