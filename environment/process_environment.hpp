// What a process can see of its machine and its limits, from /proc, /sys and the system calls: the same
// keys natively and in a container, so that two environments can be compared key by key.
#pragma once

#include <map>
#include <string>

namespace cuparity::environment {

/// Keys: hostname is left out on purpose. cpu_model, cpus_allowed (list), mems_allowed (list), numa_nodes,
/// cpu_quota (cores or "none"), memory_limit_bytes ("none"), kernel, kernel_mitigations, os (PRETTY_NAME),
/// libc_version, root_file_system (its type), container ("docker", "podman", "other" or "none"), seccomp
/// (disabled | strict | filter), no_new_privs, effective_capabilities (hex), speculation_store_bypass,
/// speculation_indirect_branch, memlock_limit, nofile_limit, shm_bytes, transparent_huge_pages, huge_pages
/// (reserved ones), nvidia_device_nodes (list), kernel_driver_version (/proc/driver/nvidia/version),
/// gpu_numa_nodes and gpu_local_cpus (one "address=value" for each GPU on the PCI bus, separated by blanks),
/// libcuda_path, libcudart_path (where it is a library of its own), libnccl_path and nccl_version (where the
/// linker would find it), cuda_cache_path and cuda_cache ("writable" or why not), injection_path ("cdi" |
/// "legacy" | "runtime" | "manual" | "none" | "native"), and one variable_NAME for each set variable that
/// starts with CUDA_, NVIDIA_, NCCL_, OMP_, OPENBLAS_, DNNL_ or LD_, or is GLIBC_TUNABLES.
/// Lists are separated by commas; limits are the soft ones, in bytes or a count, or "unlimited". container
/// and injection_path are read from the marks that engines leave (container.hpp). What can't be read, or is
/// not there, is absent.
std::map<std::string, std::string> process_environment();

/// File name -> real path of the loaded shared libraries whose file name starts with `prefix`, from
/// /proc/self/maps. "libcublas.so" leaves libcublasLt out.
std::map<std::string, std::string> loaded_libraries(const std::string& prefix);

}  // namespace cuparity::environment
