// Everything the doctor looked at, as plain facts: gathered by gather_probe(), judged by diagnose(). It can
// be written down and judged elsewhere, so it holds no secrets and no user or host names.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace cuparity {

inline constexpr int probe_schema_version = 1;

/// A display or 3D controller of NVIDIA's in /sys/bus/pci.
struct PciGpu {
  std::string address;  ///< "0000:65:00.0"
  std::string device;   ///< PCI device ID, "0x2335"
  std::string driver;   ///< kernel driver bound to it: "nvidia", "nouveau", "vfio-pci"; empty: none
};

/// A node of the driver's in /dev.
struct DeviceNode {
  std::string path;
  std::string mode;  ///< octal, "0666"
  int owner = -1;
  int group = -1;
  std::string opening;  ///< "ok", or errno's name where opening it read-write failed; empty: not tried
};

/// libcuda.so.1 or libnvidia-ml.so.1 in a folder that is searched for it.
struct DriverLibrary {
  std::string path;
  std::string real_path;
  std::string version;     ///< driver version in the real file's name; empty where there is none
  std::uint64_t size = 0;  ///< bytes; 0 is a mount point that was left behind
};

struct DriverFacts {
  std::vector<PciGpu> pci_gpus;
  bool module_loaded = false;
  std::string module_version;
  bool uvm_loaded = false;
  bool wsl = false;  ///< /dev/dxg: Windows' driver through WSL
  std::vector<DeviceNode> nodes;
  std::vector<DriverLibrary> libraries;
  bool open_module = false;     ///< the open kernel module, not the proprietary one
  std::string hmm_disabled;     ///< nvidia_uvm's uvm_disable_hmm: "Y", "N" or empty
  std::string profiling_admin;  ///< RmProfilingAdminOnly: "1", "0" or empty
  bool vgpu_host = false;       ///< the driver of a hypervisor (vGPU manager), without CUDA
  int nvswitches = 0;           ///< on the PCI bus
  std::string fabric_manager;   ///< "active", "inactive", "failed" …; asked only where there are NVSwitches
  bool persistenced = false;    ///< nvidia-persistenced has its socket
  bool imex_channel = false;    ///< /dev/nvidia-caps-imex-channels holds one
  std::string module_file;      ///< nvidia.ko of the running kernel in modules.dep; looked for where it is not loaded
  std::vector<std::string> other_kernels;  ///< kernels that have an nvidia.ko, where the running one has none
};

struct GpuFacts {
  int index = 0;
  std::string name;
  std::string uuid;
  std::string pci_bus_id;
  std::uint64_t memory_bytes = 0;
  bool persistence_known = false;
  bool persistence = false;
  bool mig = false;
  std::string compute_mode = {};  ///< "default", "exclusive process", "prohibited"; empty: not known
};

/// How a look in a child process ended: "ok", "failed", "hung" (ended at the time limit), "crashed",
/// "not looked".
using LookOutcome = std::string;

/// Of nvmlReturn_t.
constexpr int nvml_no_permission = 4;
constexpr int nvml_driver_not_loaded = 9;
constexpr int nvml_library_not_found = 12;
constexpr int nvml_gpu_is_lost = 15;
constexpr int nvml_version_mismatch = 18;  ///< NVML_ERROR_LIB_RM_VERSION_MISMATCH
constexpr int nvml_unknown_error = 999;

struct NvmlFacts {
  LookOutcome outcome = "not looked";
  std::string failure;
  std::string library_path;
  std::string driver_version;
  std::string cuda_version;  ///< highest that the driver allows
  std::vector<GpuFacts> gpus;
  int result = 0;  ///< nvmlReturn_t of nvmlInit, where it was called
};

struct CudaFacts {
  LookOutcome outcome = "not looked";
  std::string failure;
  std::string library_path;  ///< real path of the libcuda that the loader takes
  int result = 0;            ///< CUresult of cuInit, where it was called
  int driver_version = 0;    ///< cuDriverGetVersion, e.g. 13000
  int device_count = -1;
};

struct EngineFacts {
  std::string name;  ///< "docker", "podman", "docker compose", "docker-compose", "nerdctl", "apptainer", …
  std::string path;  ///< of its program
  std::string client_version;
  std::string server_version;
  bool answers = false;  ///< it can be used by this user now
  std::string failure;   ///< its own words where it does not answer
  bool permission_denied = false;
  bool timed_out = false;
  bool rootless = false;
  std::string cgroup_version;
  std::string cgroup_driver;
  std::string operating_system;
  std::vector<std::string> runtimes;
  std::vector<std::string> cdi_folders;  ///< that the engine reads
  std::vector<std::string> cdi_devices;  ///< that it has discovered
  std::string real_path;                 ///< of its program, links followed: a snap lives in /snap
  std::string context;                   ///< Docker's: "default", "desktop-linux", "rootless" …
  std::string default_runtime;
  std::vector<std::string> security_options;
  std::string host;  ///< DOCKER_HOST: of a socket all of it, else "tcp", "ssh" …, "tcp, this machine"; empty: not set
  bool stands_for_docker = false;  ///< Podman: the program docker is it (podman-docker)
};

struct ToolkitFacts {
  std::map<std::string, std::string> programs;  ///< name -> path, those that are there
  std::string version;                          ///< of nvidia-ctk, or of nvidia-container-cli
  std::string library;                          ///< libnvidia-container.so.1
  std::string config_file;                      ///< its config.toml; "$XDG_CONFIG_HOME/…" unexpanded: no user's name
  std::string config_failure;                   ///< why it could not be read
  bool no_cgroups = false;                      ///< in its config.toml
  std::string mode;                             ///< "auto", "legacy", "cdi" … in its config.toml
  std::string daemon_json;                      ///< path of Docker's daemon.json; empty: there is none
  std::string daemon_json_failure;              ///< why it could not be read or parsed
  bool nvidia_runtime = false;                  ///< daemon.json has runtimes.nvidia
  std::string cdi_feature;                      ///< features.cdi of daemon.json: "true", "false" or empty
  std::string runtime_version;                  ///< of nvidia-container-runtime
  std::string library_version;                  ///< of libnvidia-container, by nvidia-container-cli
  std::string ldconfig;                         ///< in its config.toml, e.g. "@/sbin/ldconfig.real"
  bool ldconfig_missing = false;                ///< that program is not there
  std::string accept_volume_mounts;             ///< in its config.toml: "true", "false" or empty
  bool daemon_seen = false;                     ///< a dockerd runs on this machine
  std::string hook_on_daemon_path;              ///< a hook is on dockerd's own PATH: "yes", "no"; empty: not known
  bool hook_newer_than_daemon = false;          ///< installed after dockerd was started
  std::vector<std::string> apt_sources;         ///< of the toolkit: "FILE signed-by KEYRING"
};

/// CdiSpec::failure of a file that others may read.
inline constexpr const char* unreadable_by_this_user = "it can't be read by this user";

struct CdiSpec {
  std::string path;
  std::string failure;  ///< why it could not be read or parsed
  std::string kind;     ///< "nvidia.com/gpu"
  std::string version;  ///< cdiVersion
  std::vector<std::string> devices;
  std::vector<std::string> missing_nodes;
  std::vector<std::string> missing_files;  ///< of mounts
  std::vector<std::string> missing_hooks;
  std::vector<std::string> driver_versions;  ///< found in the names of mounted driver libraries
  std::vector<std::string> unknown_fields;   ///< that the CDI specification does not know
  bool host_path_of_node = false;            ///< a device node has hostPath, known from CDI 0.5.0 on
  bool gl_libraries = false;                 ///< mounts libnvidia-glcore
  bool newer_than_daemon = false;            ///< written after dockerd was started
};

struct ImageFact {
  std::string engine;
  std::string image;
  bool present = false;
  std::string id;
  std::map<std::string, std::string> variables = {};  ///< NVIDIA_* of its configuration
};

/// One short container started under one mode.
struct AccessFacts {
  std::string mode;
  LookOutcome outcome = "not looked";
  std::string failure;             ///< why it did not start or was not tried
  std::vector<std::string> uuids;  ///< of the GPUs seen inside, where UUIDs could be had
  int gpu_count = -1;              ///< seen inside; -1: it could not be counted
  std::string seen_by;             ///< "NVML", "nvidia-smi", "device nodes"
};

/// Of the doctor's own process.
struct InsideFacts {
  std::string container;                         ///< "docker", "podman", "other" or "none"
  std::string injection_path;                    ///< "cdi", "legacy", "runtime", "manual", "none" or "native"
  std::map<std::string, std::string> variables;  ///< NVIDIA_*, CUDA_VISIBLE_DEVICES, LD_LIBRARY_PATH
  std::uint64_t shm_bytes = 0;
  std::string memlock_limit;
  std::string nofile_limit;
  std::vector<std::string> driver_library_mounts;  ///< libcuda.so* and libnvidia-ml.so* that are mounts
  std::string security_label;                      ///< SELinux' or AppArmor's, of this process
  std::string seccomp;                             ///< "disabled", "strict", "filter"
  std::string effective_capabilities;              ///< hexadecimal
  bool user_namespace = false;                     ///< user IDs are mapped
  bool kubernetes = false;
  bool apptainer = false;
  std::vector<std::string> cudnn_libraries;  ///< libcudnn*.so.N in the loader's folders, real paths
  std::string loader_cache;                  ///< "has" or "lacks" libnvidia-ml.so.1; empty: not known
};

/// Settings of the kernel that decide what an engine or a container may do; -1 and empty: not there.
struct KernelFacts {
  std::string selinux;          ///< "enforcing", "permissive" or empty
  bool apparmor = false;        ///< is on
  int userns_restricted = -1;   ///< kernel.apparmor_restrict_unprivileged_userns
  int ptrace_scope = -1;        ///< kernel.yama.ptrace_scope
  int bpf_jit_harden = -1;      ///< net.core.bpf_jit_harden
  std::string iommu;            ///< what the kernel's command line says of it
  int suspends = -1;            ///< since boot
  bool tegra = false;           ///< Jetson
  std::string cgroup_version;   ///< "1" or "2", of /sys/fs/cgroup
  std::string secure_boot;      ///< "on", "off" or empty: not known
};

struct Probe {
  int schema_version = probe_schema_version;
  std::string cuparity_version;
  std::string os;
  std::string kernel;
  std::string cpu_model;
  bool root = false;
  InsideFacts inside;
  KernelFacts kernel_settings;
  DriverFacts driver;
  NvmlFacts nvml;
  CudaFacts cuda;
  std::vector<EngineFacts> engines;
  ToolkitFacts toolkit;
  std::vector<CdiSpec> cdi;
  std::vector<ImageFact> images;
  std::vector<AccessFacts> access;
  std::vector<std::string> not_looked;  ///< what could not be looked at, and why
};

nlohmann::json to_json(const Probe& probe);

/// Throws UsageError: another program's JSON, a newer schema_version, a field of the wrong type.
Probe probe_from_json(const nlohmann::json& json);

/// Nothing where there is no such engine.
const EngineFacts* find_engine(const Probe& probe, const std::string& name);

}  // namespace cuparity
