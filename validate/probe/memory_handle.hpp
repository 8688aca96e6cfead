// A CUDA IPC handle as it travels in a command line: "GPU,HANDLE".
#pragma once

#include <string>

#include "environment/cuda_driver.hpp"

namespace cuparity::probe {

struct MemoryHandle {
  std::string gpu;  ///< any name of the GPU that holds the memory
  environment::CudaIpcHandle handle = {};
};

/// 128 hexadecimal digits.
std::string handle_text(const environment::CudaIpcHandle& handle);

/// Throws std::invalid_argument with what is wrong.
MemoryHandle parse_memory_handle(const std::string& text);

}  // namespace cuparity::probe
