// What CUDA's driver says of the GPUs that this process may use.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "environment/cuda_driver.hpp"

namespace cuparity::probe {

struct StartedCuda {
  std::unique_ptr<environment::CudaDriver> driver;  ///< null where CUDA does not start
  int devices = 0;
  nlohmann::json seen;  ///< outcome ("ok" or "failed"), code, library, driver_version, failure
};

StartedCuda start_cuda();

/// "GPU-8-4-4-4-12" hexadecimal digits, as NVML writes it; empty where the device has none to give.
std::string uuid_of(const environment::CudaDriver& cuda, int device);

/// CUresult of asking for the GPU by its PCI address in NVML's spelling; -1: the library has no such function.
int find_by_address(const environment::CudaDriver& cuda, const std::string& address, int& device);

/// The GPUs, which of them reach which as peers, and whether CUDA gives those at `addresses`.
nlohmann::json ask_cuda(const std::vector<std::string>& addresses);

}  // namespace cuparity::probe
