// Limits and refusals of a container that hurt programs with one or many GPUs.
#include <fmt/format.h>

#include <cstdlib>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/knowledge/questions.hpp"
#include "harness/report/numbers.hpp"

namespace cuparity {
namespace {

constexpr int cap_sys_ptrace = 19, cap_sys_admin = 21, cap_sys_nice = 23;

Sign small_shm(const Probe& probe) {
  const std::uint64_t bytes = probe.inside.shm_bytes;
  if (!in_container(probe) || bytes == 0) return {};
  const std::string seen = "/dev/shm holds " + format_bytes(static_cast<double>(bytes));
  return bytes <= 64ull << 20 ? present(seen) : absent(seen);
}

Sign small_nofile(const Probe& probe) {
  const std::string& limit = probe.inside.nofile_limit;
  if (!in_container(probe) || limit.empty()) return {};
  const bool small = limit != "unlimited" && std::atoll(limit.c_str()) <= 1024;
  return small ? present("RLIMIT_NOFILE is " + limit) : absent("RLIMIT_NOFILE is " + limit);
}

Sign small_memlock(const Probe& probe) {
  const std::string& limit = probe.inside.memlock_limit;
  if (!in_container(probe) || limit.empty()) return {};
  return limit == "unlimited"
             ? absent("RLIMIT_MEMLOCK is unlimited")
             : present("RLIMIT_MEMLOCK is " + format_bytes(std::strtod(limit.c_str(), nullptr)));
}

Sign refused(const Probe& probe, int capability, const char* name) {
  if (!in_container(probe) || !capabilities_known(probe)) return {};
  if (has_capability(probe, capability)) return absent(fmt::format("this process has {}", name));
  return present_if(probe.inside.seccomp == "filter", fmt::format("seccomp filter, and no {}", name));
}

Sign no_nice(const Probe& probe) { return refused(probe, cap_sys_nice, "CAP_SYS_NICE"); }
Sign no_ptrace(const Probe& probe) { return refused(probe, cap_sys_ptrace, "CAP_SYS_PTRACE"); }

Sign counters(const Probe& probe) {
  if (probe.driver.profiling_admin == "0") return absent("RmProfilingAdminOnly: 0");
  const bool may = capabilities_known(probe) && has_capability(probe, cap_sys_admin);
  if (may) return absent("this process has CAP_SYS_ADMIN");
  return present_if(probe.driver.profiling_admin == "1", "RmProfilingAdminOnly: 1, and no CAP_SYS_ADMIN");
}

Sign iommu(const Probe& probe) {
  const std::string& option = probe.kernel_settings.iommu;
  return present_if(!option.empty() && option.find("=pt") == std::string::npos &&
                        option.find("=off") == std::string::npos && probe.nvml.gpus.size() > 1,
                    "kernel command line: " + option);
}

Sign imex(const Probe& probe) {
  if (probe.driver.imex_channel) return absent("an IMEX channel is there");
  return present_if(probe.cuda.result == 800, "cuInit returned 800; /dev/nvidia-caps-imex-channels holds none");
}

}  // namespace

const KnownProblems& limit_problems() {
  static const KnownProblems table = {
      {.id = "nccl-shm-too-small",
       .where = "multi-gpu",
       .summary = "/dev/shm is too small for NCCL",
       .cause = "Docker gives 64 MiB; NCCL's shared memory takes about 10 MB for each channel and peer.",
       .check = "df -h /dev/shm inside: 64M means this",
       .fix = {"docker run --shm-size=1g …  # or --ipc=host", "compose: shm_size: 1gb",
               "Kubernetes: an emptyDir with medium: Memory at /dev/shm"},
       .texts = {{"posix_fallocate*|/dev/shm*|shared memory segment*|shm.h*|shmutils*|shm.cc*", "no space left on device|failed*|bus error*|too small|insufficient*|not enough*"},
                 {"nccl", "no space left on device"}, {"shmem allocation limit is set to the default*"}, {"bus error", "shm*|shared memory"}},
       .hints = {"nccl"},
       .sign = small_shm,
       .source = "NVIDIA/nccl#342, #290, #525"},
      {.id = "memlock-limit",
       .where = "multi-gpu",
       .unasked = Severity::info,
       .summary = "Too little memory may be locked",
       .cause = "RLIMIT_MEMLOCK is the engine's default. CUDA's pinned memory does not count, RDMA and io_uring do.",
       .check = "ulimit -l inside: anything but unlimited means this",
       .fix = {"docker run --ulimit memlock=-1 …", "compose: ulimits: memlock: -1"},
       .texts = {{"ibv_reg_mr*|ibv_create_*|rdma*|infiniband*|ucx*|memlock", "cannot allocate memory|failed*|limit*|enomem"},
                 {"unable to lock memory|mlock*failed|cannot lock memory"}},
       .sign = small_memlock,
       .source = "docs.nvidia.com/deeplearning/nccl, troubleshooting"},
      {.id = "nofile-1024",
       .where = "multi-gpu",
       .unasked = Severity::info,
       .summary = "A process may open 1024 files only",
       .cause = "Docker 29 with containerd 2.1.5 or newer no longer raises the limit for its containers.",
       .check = "ulimit -n inside: 1024 means this",
       .fix = {"docker run --ulimit nofile=1048576:1048576 …",
               "for all: \"default-ulimits\": {\"nofile\": {\"Name\": \"nofile\", \"Soft\": 1048576, \"Hard\": 1048576}} in "
               "daemon.json"},
       .texts = {{"too many open files"}, {"emfile"}, {"nofile|ulimit -n", "1024"}},
       .sign = small_nofile,
       .source = "moby/moby#51485; microsoft/superbenchmark#183"},
      {.id = "set-mempolicy",
       .where = "perf",
       .severity = Severity::warning,
       .summary = "The container may not choose NUMA memory (numactl)",
       .cause = "Docker's default seccomp profile refuses set_mempolicy and mbind without CAP_SYS_NICE.",
       .check = "grep Seccomp: /proc/self/status: 2, and it works with --cap-add SYS_NICE: this",
       .fix = {"docker run --cap-add SYS_NICE …", "or without numactl: --cpuset-cpus and --cpuset-mems"},
       .texts = {{"set_mempolicy*|mbind*|move_pages*|get_mempolicy*|numactl*|numa_*", "operation not permitted|eperm|permission denied"}},
       .sign = no_nice,
       .source = "moby/moby#37241; kvcache-ai/ktransformers#350"},
      {.id = "perf-counters-denied",
       .where = "perf",
       .severity = Severity::warning,
       .summary = "GPU performance counters are for administrators only",
       .cause = "The driver restricts them, and the container has no CAP_SYS_ADMIN.",
       .check = "grep RmProfilingAdminOnly /proc/driver/nvidia/params: 1 means this",
       .fix = {"host: options nvidia NVreg_RestrictProfilingToAdminUsers=0 in /etc/modprobe.d, then reboot",
               "or: docker run --cap-add SYS_ADMIN …"},
       .texts = {{"err_nvgpuctrperm"}, {"permission*access nvidia gpu performance counters|gpu performance counters*"},
                 {"cupti_error_insufficient_privileges|cupti*insufficient privileges|cupti*insufficient_privileges"}},
       .sign = counters,
       .source = "HazyResearch/ThunderKittens#73; openxla/xprof#63"},
      {.id = "pidfd-getfd",
       .where = "multi-gpu",
       .summary = "Processes may not hand each other memory handles",
       .cause = "pidfd_getfd needs the right to trace the other process; seccomp, Yama or a missing CAP_SYS_PTRACE "
                "refuse it.",
       .check = "sysctl kernel.yama.ptrace_scope above 0, and it works with --cap-add SYS_PTRACE: this",
       .fix = {"docker run --cap-add SYS_PTRACE …",
               "or PYTORCH_CUDA_ALLOC_CONF without expandable_segments:True"},
       .texts = {{"pidfd_getfd*|pidfd_open*", "operation not permitted|eperm|permission denied|not permitted"}},
       .sign = no_ptrace,
       .source = "pytorch/pytorch#165685"},
      {.id = "cuda-ipc-handle",
       .where = "multi-gpu",
       .summary = "Two processes can't share GPU memory: their namespaces or GPUs differ",
       .cause = "CUDA IPC and P2P need the same IPC and PID namespace and the same visible GPUs.",
       .check = "readlink /proc/self/ns/ipc /proc/self/ns/pid in both: different means this; NCCL_P2P_DISABLE=1 works "
                "around it",
       .fix = {"run the ranks in one container, or with --ipc=host --pid=host", "to check: NCCL_P2P_DISABLE=1"},
       .texts = {{"cuda ipc*", "failed to open|could not open|unable to open|failed*|invalid*|error*"}, {"cudaipcopenmemhandle*|cuipcopenmemhandle*|ipc_open_mem_handle*|cudaipcgetmemhandle*"}},
       .source = "NVIDIA/nccl#360"},
      {.id = "p2p-acs-hang",
       .where = "multi-gpu",
       .summary = "Copies between GPUs hang or go wrong: PCIe access control or IOMMU is in the way",
       .cause = "ACS or an IOMMU that translates sends peer-to-peer traffic through the root, where it is lost.",
       .check = "sudo lspci -vvv | grep ACSCtl: SrcValid+, or cat /proc/cmdline: an iommu that is neither pt nor off; "
                "NCCL_P2P_DISABLE=1 ends the hang: this",
       .fix = {"bare metal: iommu=pt (or off) in the kernel's command line, and ACS off in the firmware",
               "until then: NCCL_P2P_DISABLE=1"},
       .texts = {{"nccl|p2p|peer-to-peer|all_reduce|allreduce|collective*", "hang|hangs|hung|stuck|deadlock*|freez*|never returns|does not return|timeout*|timed out|corrupt*"},
                 {"acs|acsctl|iommu", "p2p|peer*|nccl"}},
       .hints = {"acs|iommu"},
       .sign = iommu,
       .source = "NVIDIA/nccl#2079, #257, #631"},
      {.id = "imex-channel",
       .where = "multi-gpu",
       .summary = "Fabric memory handles need an IMEX channel, which the container does not have",
       .cause = "Handles for multi-node NVLink (cuMemCreate with a fabric handle) go through a channel device that "
                "was not made or not given.",
       .check = "ls /dev/nvidia-caps-imex-channels inside: no channel0 means this",
       .fix = {"host: run nvidia-imex and make a channel (NVreg_CreateImexChannel0=1)",
               "container: -e NVIDIA_IMEX_CHANNELS=0, or the IMEX CDI device; Kubernetes: the DRA driver"},
       .texts = {{"cumemcreate*", "not permitted|not_permitted|800"}, {"cuda_error_not_permitted|cudaerrornotpermitted"}, {"imex*", "channel*|fabric*|not permitted"},
                 {"fabric handle*|handle_type_fabric*", "not permitted|800|not supported|failed*"}},
       .sign = imex,
       .source = "microsoft/mscclpp#467; NVIDIA/nvbandwidth#39"},
  };
  return table;
}

}  // namespace cuparity
