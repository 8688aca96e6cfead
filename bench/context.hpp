// What the results have to say of where they come from: the members of the JSON's context.
#pragma once

#include <map>
#include <string>

#include "bench/backend_choice.hpp"
#include "kernels/workload.hpp"

namespace cuparity {

/// Every key of environment::process_environment(), and of this program: cuparity_version, backend,
/// backend_reason, threads, openblas_config, onednn_version; on the CUDA backend what add_gpu_context() adds.
/// What is unknown is absent. `context` is null on the CPU backend.
std::map<std::string, std::string> process_context(const BackendChoice& choice,
                                                   const device::Context* context);

/// gpu_name, gpu_uuid, gpu_count, gpu_uuids, compute_capability, cuda_driver_version, cuda_runtime_version,
/// cublas_version, cudnn_version and the library paths; from NVML nvml_gpu_count, nvml_gpu_uuids,
/// driver_version, sm_clock_mhz, memory_clock_mhz, temperature_celsius, power_watts, clocks_event_reasons
/// (names, or "none"), or nvml_failure where NVML can't be used.
void add_gpu_context(const device::Context& context, std::map<std::string, std::string>& members);

/// Seconds since this process was started, by the kernel's account in steps of 10 ms; negative if unknown.
double seconds_since_process_start();

}  // namespace cuparity
