#include "harness/explain/known_influences.hpp"

namespace cuparity {
namespace {

constexpr const char* every = ".*";
constexpr const char* host_bound = "^launch/|^startup/|_pageable";
constexpr const char* system_calls = "^launch/|^startup/";
// By what they are not, so that a new workload is among them.
constexpr const char* computing = "^(?!launch/|startup/)";
constexpr const char* on_multiprocessors = "^(?!startup/|collectives/|peer_to_peer/)";
constexpr const char* on_gpu_memory = "^(?!gemm/|launch/|startup/|collectives/|peer_to_peer/)";

// Where a source says "measured", docs/explain.md says on what.
constexpr KnownInfluence influences[] = {
    // Other code. First, because it ends the question whether the container costs anything.
    {"cuparity_version|source_digest", every, every, 3, SlowSide::either, true, "The two modes ran different programs.",
     "make the image from the sources of the native programs: ./scripts/build-image", ExperimentKind::none, "docs/explain.md"},
    {"algorithm of gemm/own.*", every, every, 1, SlowSide::either, false,
     "Our own kernel ran in another shape, with the same bits: fp32 times its shapes in each process; that of Hopper's "
     "tensor cores follows from the problem and the number of multiprocessors.",
     "fp32: run it again, the choice may fall differently; else compare the multiprocessors of the two GPUs (MIG?)",
     ExperimentKind::none, "docs/performance.md"},
    {"algorithm of (?!gemm/own).*", every, every, 3, SlowSide::either, true,
     "The library chose another algorithm for the same problem: other code, other times, maybe other bits.",
     "run it again: a choice by search may fall differently; with the same library on both sides it should "
     "agree",
     ExperimentKind::none, "docs/performance.md"},
    {"cublas_version|libcublas(lt)?_path", "", "^[^/]+/cublas", 3, SlowSide::either, true,
     "Another cuBLAS brings other kernels and other heuristics.", "mount the host's cuBLAS over the image's",
     ExperimentKind::host_library, "https://docs.nvidia.com/cuda/cuda-toolkit-release-notes/#cublas-library"},
    {"cudnn_version|libcudnn_path", "", "^[^/]+/cudnn", 3, SlowSide::either, true,
     "Another cuDNN brings other engines and other plans.", "mount the host's cuDNN over the image's",
     ExperimentKind::host_library,
     "https://docs.nvidia.com/deeplearning/cudnn/backend/latest/release-notes.html"},
    {"libcuda_path|cuda_driver_version|driver_version", "", every, 3, SlowSide::either, true,
     "Another libcuda (a compatibility package of the image, or a second driver): other launch, memory and "
     "start-up code.",
     "mount the host's libcuda over the one found in the container", ExperimentKind::host_library,
     "https://docs.nvidia.com/deploy/cuda-compatibility/"},
    {"cuda_runtime_version|libcudart_path", "", every, 3, SlowSide::either, true,
     "Built with another CUDA: the kernels themselves come from another compiler.",
     "build the image from the CUDA version of the native programs", ExperimentKind::none,
     "https://docs.nvidia.com/deploy/cuda-compatibility/"},
    {"nccl_version|libnccl_path", "", "^collectives/", 3, SlowSide::either, true,
     "Another NCCL chooses other algorithms and protocols.", "mount the host's NCCL over the image's",
     ExperimentKind::host_library, "https://docs.nvidia.com/deeplearning/nccl/release-notes/"},
    {"openblas_config", "^[^/]+/openblas", "", 3, SlowSide::either, true,
     "Another OpenBLAS, or one built for another processor.", "install the same OpenBLAS in the image",
     ExperimentKind::none, "https://www.openblas.net/"},
    {"onednn_version", "^[^/]+/onednn", "", 3, SlowSide::either, true, "Another oneDNN.",
     "install the same oneDNN in the image", ExperimentKind::none, "https://uxlfoundation.github.io/oneDNN/"},
    {"libc_version", "^launch/|^startup/|^bandwidth/", host_bound, 2, SlowSide::either, true,
     "Another C library: other memcpy, thread and process start code.",
     "build the image from the host's distribution", ExperimentKind::none, "https://sourceware.org/glibc/"},

    // The processor's time.
    {"cpu_quota", every, host_bound, 3, SlowSide::smaller, false,
     "Above its quota the group stands still until the next period (100 ms).",
     "run the container with the baseline's quota", ExperimentKind::same_cpu_quota,
     "https://docs.kernel.org/scheduler/sched-bwc.html"},
    {"cpus_allowed", computing, "^launch/|^startup/|h2d|d2h|bidirectional",
     3, SlowSide::smaller, false,
     "Fewer processors for the threads, or processors far from the memory or the GPU.",
     "run the container on the baseline's processors", ExperimentKind::same_cpus,
     "https://docs.kernel.org/admin-guide/cgroup-v2.html#cpuset"},
    {"cpus_allowed", "^launch/(thread_start|process_start)|^startup/", "", 3, SlowSide::larger, false,
     "With one processor a new thread starts where it was made; with more, another one has to be woken.",
     "run the container on the baseline's processors", ExperimentKind::same_cpus, "measured"},
    {"threads", computing, "", 3, SlowSide::smaller, false,
     "OpenMP starts another number of threads.", "run the container with the baseline's number of threads",
     ExperimentKind::same_threads, "https://www.openmp.org/specifications/"},
    {"seccomp", system_calls, "^launch/(device_allocation|pinned_allocation)|^startup/", 2,
     SlowSide::restricted, false, "A filter program runs at every system call.",
     "run the container without a seccomp profile", ExperimentKind::seccomp_unconfined,
     "https://docs.kernel.org/userspace-api/seccomp_filter.html; measured"},
    {"speculation_store_bypass", every, host_bound, 2, SlowSide::restricted, false,
     "The kernel switches store bypass off for threads under seccomp (before Linux 5.16, or by an older "
     "runtime): "
     "loads wait for stores.",
     "run the container without a seccomp profile", ExperimentKind::seccomp_unconfined,
     "https://docs.kernel.org/userspace-api/spec_ctrl.html"},
    {"speculation_indirect_branch", every, host_bound, 2, SlowSide::restricted, false,
     "The kernel restricts indirect branch speculation for threads under seccomp (before Linux 5.16).",
     "run the container without a seccomp profile", ExperimentKind::seccomp_unconfined,
     "https://docs.kernel.org/userspace-api/spec_ctrl.html"},
    {"kernel|kernel_mitigations|cpu_model", every, every, 3, SlowSide::either, false,
     "Not the same kernel or processor: a virtual machine stands between the two, or the machine changed.",
     "use a runtime that shares the host's kernel (runc, crun)", ExperimentKind::none,
     "https://docs.kernel.org/admin-guide/hw-vuln/"},

    // The GPU as it is shown and as it ran.
    {"gpu_count|nvml_gpu_count|nvml_gpu_uuids|gpu_uuids|nvidia_device_nodes", "",
     "^startup/(cuinit|context|process)", 3, SlowSide::larger, false,
     "cuInit opens every GPU that the driver shows to the process; CUDA_VISIBLE_DEVICES hides none from it.",
     "give the container every GPU that the baseline sees", ExperimentKind::all_gpus, "measured"},
    {"sm_clock_mhz under load", "", on_multiprocessors, 3, SlowSide::smaller,
     false, "The GPU ran at another clock: heat, power or another load, not the container.",
     "lock the clocks (nvidia-smi --lock-gpu-clocks) and run again", ExperimentKind::none,
     "https://docs.nvidia.com/deploy/nvml-api/group__nvmlClocksEventReasons.html", true},
    {"memory_clock_mhz under load", "", on_gpu_memory, 3, SlowSide::smaller, false,
     "The GPU's memory ran at another clock.",
     "lock the memory clock (nvidia-smi --lock-memory-clocks) and run again", ExperimentKind::none,
     "https://docs.nvidia.com/deploy/nvml-api/group__nvmlClocksEventReasons.html"},
    {"clocks_event_reasons under load", "", "^gemm/|^convolution/", 2, SlowSide::either, false,
     "The GPU gave another reason for its clock in one of the modes.",
     "run again on a cool, otherwise idle GPU", ExperimentKind::none,
     "https://docs.nvidia.com/deploy/nvml-api/group__nvmlClocksEventReasons.html", true},
    {"temperature_celsius under load|power_watts under load", "", "^gemm/|^convolution/", 1, SlowSide::either,
     false, "The GPU was warmer or drew more power in one of the modes.", "run again with more blocks",
     ExperimentKind::none, "https://docs.nvidia.com/deploy/nvml-api/", true},
    {"persistence_mode", "", "^startup/", 3, SlowSide::either, false,
     "Without persistence mode the driver is set up anew by the first process.",
     "switch persistence mode on (nvidia-smi -pm 1) and run again", ExperimentKind::none,
     "https://docs.nvidia.com/deploy/driver-persistence/"},
    {"ecc_mode|mig_mode", "", every, 3, SlowSide::either, false, "The GPU was in another mode.",
     "run both with the same ECC and MIG mode", ExperimentKind::none,
     "https://docs.nvidia.com/datacenter/tesla/mig-user-guide/"},
    {"gpu_board_part_number", "", "^bandwidth/read", 3, SlowSide::either, false,
     "Boards of one GPU model can have different memory: two kinds of H200 differ by 1.8 % in reading.",
     "compare on one GPU, or on boards of one part number", ExperimentKind::none, "measured"},
    {"cuda_cache", "", "^startup/(module_load|first_kernel|process)", 3, SlowSide::either, false,
     "What is compiled from PTX is not kept: it is compiled again at every start.",
     "mount the host's cache and set CUDA_CACHE_PATH", ExperimentKind::host_cuda_cache,
     "https://docs.nvidia.com/cuda/cuda-c-programming-guide/#cuda-environment-variables"},

    // Memory.
    {"mems_allowed", every, "h2d|d2h|bidirectional|^launch/pinned_allocation", 2, SlowSide::either, false,
     "Memory comes from another NUMA node.", "run the container on the baseline's memory nodes",
     ExperimentKind::same_memory_nodes, "https://docs.kernel.org/admin-guide/cgroup-v2.html#cpuset"},
    {"shm_bytes", "", "^collectives/", 3, SlowSide::smaller, false,
     "NCCL passes data between processes through /dev/shm; 64 MiB, Docker's default, is too small for it.",
     "run the container with the baseline's /dev/shm", ExperimentKind::same_shm,
     "https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/troubleshooting.html#shared-memory"},
    {"memlock_limit", "", "^collectives/", 2, SlowSide::smaller, false,
     "RDMA registers pinned memory, which the limit bounds.",
     "run the container with the baseline's memlock limit", ExperimentKind::same_memlock,
     "https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/troubleshooting.html"},
    {"memory_limit_bytes", computing, "^launch/pinned_allocation|^startup/",
     1, SlowSide::smaller, false, "Close to the limit the kernel reclaims the group's pages.",
     "run the container with the baseline's memory limit", ExperimentKind::same_memory_limit,
     "https://docs.kernel.org/admin-guide/cgroup-v2.html#memory"},
    {"transparent_huge_pages|huge_pages", computing, "_pageable", 2,
     SlowSide::either, false, "Memory in pages of another size.",
     "give both sides the same setting in /sys/kernel/mm", ExperimentKind::none,
     "https://docs.kernel.org/admin-guide/mm/transhuge.html"},

    // Starting programs.
    {"root_file_system", "^launch/process_start|^startup/", "^startup/", 1, SlowSide::either, false,
     "Programs and libraries are opened through the container's layers.",
     "mount the programs from the host with --volume", ExperimentKind::none,
     "https://docs.kernel.org/filesystems/overlayfs.html"},
    {"nofile_limit", "^launch/process_start", "^startup/", 1, SlowSide::larger, false,
     "Programs that close every possible descriptor at their start take as long as the limit is high.",
     "run the container with the baseline's limit", ExperimentKind::same_nofile,
     "https://github.com/moby/moby/pull/45534"},

    // Variables.
    {"variable_(LD_PRELOAD|GLIBC_TUNABLES)", every, every, 3, SlowSide::either, true,
     "Other code is put into every program.", "run the container with the baseline's value",
     ExperimentKind::same_variable, "https://man7.org/linux/man-pages/man8/ld.so.8.html"},
    {"variable_(CUDA_LAUNCH_BLOCKING|CUDA_DEVICE_MAX_CONNECTIONS|CUDA_SCALE_LAUNCH_QUEUES)", "",
     "^launch/|^startup/", 3, SlowSide::either, false, "It changes how work is handed to the GPU.",
     "run the container with the baseline's value", ExperimentKind::same_variable,
     "https://docs.nvidia.com/cuda/cuda-c-programming-guide/#cuda-environment-variables"},
    {"variable_CUDA_(MODULE_LOADING|MODULE_DATA_LOADING|FORCE_PTX_JIT|CACHE_.*)", "", "^startup/|^launch/", 3,
     SlowSide::either, false, "It changes when and from what kernels are loaded.",
     "run the container with the baseline's value", ExperimentKind::same_variable,
     "https://docs.nvidia.com/cuda/cuda-c-programming-guide/#cuda-environment-variables"},
    {"variable_NVIDIA_TF32_OVERRIDE", "", "^gemm/cublaslt|^convolution/", 3, SlowSide::either, false,
     "It switches TF32 off in cuBLAS and cuDNN.", "run the container with the baseline's value",
     ExperimentKind::same_variable, "https://docs.nvidia.com/cuda/cublas/"},
    {"variable_NCCL_.*", "", "^collectives/", 3, SlowSide::either, false,
     "It changes what NCCL uses and how.", "run the container with the baseline's value",
     ExperimentKind::same_variable, "https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/env.html"},
    {"variable_(OMP|OPENBLAS|DNNL)_.*", computing, "", 3, SlowSide::either,
     false, "It changes how many threads there are and where they run.",
     "run the container with the baseline's value", ExperimentKind::same_variable,
     "https://www.openmp.org/specifications/"},
};

constexpr ExpectedDifference expected[] = {
    {"container", "one of them is a container"},
    {"injection_path", "how the container was given its GPU; it ends before the program starts"},
    {"effective_capabilities", "a container has fewer; nothing that is measured asks for one"},
    {"no_new_privs", "it bears on programs that change their user, and none is started"},
    {"os", "the image's distribution; what of it runs here is the C library, which is compared by itself"},
    {"executable|host_name", "a name"},
    {"variable_NVIDIA_(VISIBLE_DEVICES|DRIVER_CAPABILITIES|REQUIRE_.*|DISABLE_REQUIRE|PRODUCT_NAME|CTK_.*)",
     "read by the toolkit before the container starts"},
    {"variable_LD_LIBRARY_PATH", "what was found with it is compared by itself"},
    {"variable_(CUDA|NV|NCCL)_VERSION|variable_(CUDA|NV)_(HOME|.*PATH)|variable_NVIDIA_[A-Z0-9_]*VERSION",
     "a name that the image gives"},
    {"variable_CUDA_VISIBLE_DEVICES", "set by cuparity so that both sides use the same GPU"},
    {"cuda_cache_path", "whether it can be written to is compared by itself"},
    {"libnvidia_ml_path", "it watches, and runs nothing that is measured"},
    {"gpu_numa_nodes|gpu_local_cpus|numa_nodes", "a property of the machine, shown or hidden"},
};

}  // namespace

std::span<const KnownInfluence> known_influences() { return influences; }

std::span<const ExpectedDifference> expected_differences() { return expected; }

}  // namespace cuparity
