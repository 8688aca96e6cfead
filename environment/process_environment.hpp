// What a process can see of its machine and its limits, from /proc, /sys and the system calls: the same
// keys natively and in a container, so that two environments can be compared key by key.
#pragma once

#include <map>
#include <string>

namespace cuparity::environment {

/// Keys: hostname is left out on purpose. cpu_model, cpus_allowed (list), numa_nodes, cpu_quota
/// (cores or "none"), memory_limit_bytes ("none"), kernel, os (PRETTY_NAME), container ("docker", "podman",
/// "other" or "none"), seccomp (disabled | strict | filter), no_new_privs, effective_capabilities (hex),
/// speculation_store_bypass, memlock_limit, nofile_limit, shm_bytes, transparent_huge_pages,
/// nvidia_device_nodes (list), kernel_driver_version (/proc/driver/nvidia/version), libcuda_path,
/// injection_path ("cdi" | "legacy" | "runtime" | "manual" | "none" | "native"), and one variable_NAME for
/// each set variable that starts with CUDA_, NVIDIA_, NCCL_, OMP_, OPENBLAS_, DNNL_ or is LD_LIBRARY_PATH.
/// Lists are separated by commas; limits are the soft ones, in bytes or a count, or "unlimited". container
/// and injection_path are read from the marks that engines leave (container.hpp). What can't be read, or is
/// not there, is absent.
std::map<std::string, std::string> process_environment();

/// File name -> real path of the loaded shared libraries whose file name starts with `prefix`, from
/// /proc/self/maps. "libcublas.so" leaves libcublasLt out.
std::map<std::string, std::string> loaded_libraries(const std::string& prefix);

}  // namespace cuparity::environment
