// What the record of a process says of the GPUs it sees: pure judgements over the JSON's context.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "environment/nvidia_driver.hpp"

namespace cuparity::validate {

/// Keys as in process_environment() and describe_device().
using Facts = std::map<std::string, std::string>;

/// The answer to one question.
struct Judgement {
  enum class State { passed, failed, skipped };
  State state = State::passed;
  std::string message;  ///< one line: what is wrong, or why there was nothing to judge
};

/// NVML, CUDA and /dev show the same number of GPUs.
Judgement judge_counts(const Facts& facts);

/// NVML, CUDA and, where the kernel driver tells, the device nodes show the same GPUs by UUID.
Judgement judge_uuids(const Facts& facts, const std::vector<environment::KernelGpu>& kernel_gpus);

/// libcuda and libnvidia-ml are of the kernel driver's version.
Judgement judge_library_versions(const Facts& facts);

/// In a container the process has not every capability. `last_capability` is the kernel's highest.
Judgement judge_capabilities(const Facts& facts, int last_capability);

/// UUIDs, as far as the kernel driver tells them, of the GPUs whose nodes this process has.
std::vector<std::string> node_uuids(const Facts& facts,
                                    const std::vector<environment::KernelGpu>& kernel_gpus);

}  // namespace cuparity::validate
