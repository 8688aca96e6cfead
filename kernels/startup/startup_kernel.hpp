// The small kernel that a start-up probe loads and runs. C++17.
#pragma once

#include <cstdint>

namespace cuparity {

/// Makes the CUDA runtime attach to the current context and load the kernel's module.
void load_startup_kernel();

/// Launches the kernel and waits for it.
void run_startup_kernel(std::uint64_t argument);

/// What the latest run left: mix64(argument).
std::uint64_t startup_kernel_result();

}  // namespace cuparity
