// Where the start of a process goes. CUDA: startup/cuinit (cuInit), startup/context (primary context of the
// first GPU), startup/module_load (the CUDA runtime attaches and a kernel's module is loaded),
// startup/first_kernel (launch and wait), startup/process (all of the process, spawn to exit). CPU:
// startup/process of a process that does nothing. Each is measured in child processes of cuparity-bench, one
// a run; the same children serve all rows.
#pragma once

#include <vector>

#include "kernels/workload.hpp"

namespace cuparity {

std::vector<Case> startup_bench_cases(Backend backend);
std::vector<Case> startup_validation_cases(Backend backend);

}  // namespace cuparity
