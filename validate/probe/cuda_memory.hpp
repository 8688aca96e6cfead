// Memory shared between processes and GPUs: CUDA IPC and peer access, tried.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "environment/cuda_driver.hpp"

namespace cuparity::probe {

/// cuDeviceCanAccessPeer between all ordinals: {from, to, code, possible}. Makes no context.
nlohmann::json peers_of(const environment::CudaDriver& cuda, int count);

/// Allocates on the GPU at each PCI address and keeps that until the process ends. `held`: address -> {called, code,
/// name} of the last call, and where it succeeded `handle`, that of cuIpcGetMemHandle as 128 hexadecimal digits.
nlohmann::json hold_memory(const std::vector<std::string>& addresses);

/// Tries cuIpcOpenMemHandle on each ordinal for each of `memory`, "GPU,HANDLE". `attempts`: {gpu, ordinal, uuid (of the
/// ordinal), called, code, name}; `called` is another function where its failure kept the handle from being tried.
nlohmann::json open_memory(const std::vector<std::string>& memory);

}  // namespace cuparity::probe
