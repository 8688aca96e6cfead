// What the programs write down about their device and their libraries: the same keys in the JSON of
// cuparity-bench and of cuparity-validate. Builds without CUDA; then, and for a null context, the keys
// of the CPU backend alone are there.
#pragma once

#include <map>
#include <string>

namespace cuparity {

namespace device {
class Context;
}

/// Keys of the CPU: threads, openblas_config, onednn_version. Keys of the GPU, where `context` is not
/// null: gpu_name, gpu_uuid, gpu_count, gpu_uuids (comma separated, in CUDA's order), gpu_pci_bus_id,
/// gpu_memory_bytes, compute_capability ("9.0"), cuda_driver_version and cuda_runtime_version ("13.0"),
/// cublas_version, cudnn_version, libcuda_path, libcublas_path, libcublaslt_path, libcudnn_path (real
/// paths of what is loaded); with more than one GPU nccl_version and libnccl_path, which is loaded for that. From NVML where
/// it answers: driver_version, nvml_gpu_count and nvml_gpu_uuids (of the GPUs that may be used), libnvidia_ml_path,
/// gpu_board_part_number, sm_clock_mhz, memory_clock_mhz, temperature_celsius, power_watts, clocks_event_reasons (names
/// separated by commas, "none" for no bit), persistence_mode, ecc_mode, mig_mode ("enabled" or "disabled"); nvml_failure where
/// NVML does not answer. What is not known is absent.
std::map<std::string, std::string> describe_device(const device::Context* context);

}  // namespace cuparity
