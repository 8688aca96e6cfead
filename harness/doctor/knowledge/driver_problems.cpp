// The driver of the host: its versions, its daemons, a GPU that fails.
#include <fmt/format.h>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/knowledge/questions.hpp"

namespace cuparity {
namespace {

Sign version_skew(const Probe& probe, bool inside) {
  if (in_container(probe) != inside || probe.driver.module_version.empty()) return {};
  bool compared = false;
  for (const DriverLibrary& library : probe.driver.libraries) {
    if (library.version.empty() || library.real_path.find("/compat/") != std::string::npos) continue;
    compared = true;
    if (library.version != probe.driver.module_version) {
      return present(fmt::format("{} -> {}; loaded kernel module: {}", library.path, library.real_path,
                                 probe.driver.module_version));
    }
  }
  if (probe.nvml.result == nvml_version_mismatch) return present("nvmlInit: " + probe.nvml.failure);
  return compared ? absent("library and kernel module are both " + probe.driver.module_version) : Sign{};
}

Sign skew_on_host(const Probe& probe) { return version_skew(probe, false); }
Sign skew_inside(const Probe& probe) { return version_skew(probe, true); }

Sign no_kernel_driver(const Probe& probe) {
  if (in_container(probe)) return {};
  if (probe.driver.module_loaded || probe.driver.wsl) return absent("a kernel driver is there");
  if (probe.driver.pci_gpus.empty()) return present("neither an NVIDIA GPU on the PCI bus nor its kernel driver");
  const PciGpu& gpu = probe.driver.pci_gpus.front();
  return present(fmt::format("GPU {}, kernel driver: {}", gpu.address, gpu.driver.empty() ? "none" : gpu.driver));
}

Sign no_persistenced(const Probe& probe) {
  if (in_container(probe)) return {};
  return probe.driver.persistenced ? absent("/run/nvidia-persistenced/socket is there")
                                   : present("/run/nvidia-persistenced/socket is not there");
}

Sign slow_nvml(const Probe& probe) {
  if (probe.nvml.outcome == "hung") return present("NVML: " + probe.nvml.failure);
  return probe.nvml.outcome == "ok" && probe.driver.persistenced
             ? absent("NVML answers, and nvidia-persistenced runs")
             : Sign{};
}

Sign no_persistence(const Probe& probe) {
  if (in_container(probe)) return {};
  for (const GpuFacts& gpu : probe.nvml.gpus) {
    if (gpu.persistence_known && !gpu.persistence)
      return present(fmt::format("GPU {} ({}): persistence mode is off", gpu.index, gpu.name));
    if (gpu.persistence_known) return absent("persistence mode is on");
  }
  return {};
}

Sign fabric_manager(const Probe& probe) {
  if (probe.cuda.result == 802) {
    return present(fmt::format("cuInit of {} returned 802; fabric manager: {}", probe.cuda.library_path,
                               probe.driver.fabric_manager.empty() ? "not known" : probe.driver.fabric_manager));
  }
  const std::string& state = probe.driver.fabric_manager;
  if (probe.driver.nvswitches > 0 && !state.empty() && state != "active") {
    return present(fmt::format("{} NVSwitches; nvidia-fabricmanager is {}", probe.driver.nvswitches, state));
  }
  return state == "active" ? absent("nvidia-fabricmanager is active") : Sign{};
}

Sign gpu_lost(const Probe& probe) {
  if (probe.nvml.result == nvml_gpu_is_lost) return present(probe.nvml.failure);
  if (const DeviceNode* node = refused_node(probe, "EIO")) return present(node->path + ": EIO");
  if (const DeviceNode* node = refused_node(probe, "ENXIO")) return present(node->path + ": ENXIO");
  return {};
}

Sign vgpu_host(const Probe& probe) {
  return present_if(probe.driver.vgpu_host, "the kernel driver is the vGPU manager's");
}

Sign hmm(const Probe& probe) {
  const bool doubtful = probe.driver.open_module && probe.driver.hmm_disabled != "Y";
  if (probe.cuda.result == 3 && doubtful) {
    return present("cuInit returned 3; open kernel module, uvm_disable_hmm: " +
                   (probe.driver.hmm_disabled.empty() ? "not known" : probe.driver.hmm_disabled));
  }
  if (!probe.driver.module_version.empty() && !doubtful && !in_container(probe) && probe.driver.uvm_loaded) {
    return absent(probe.driver.open_module ? "HMM is disabled" : "it is not the open kernel module");
  }
  return {};
}

}  // namespace

const KnownProblems& driver_problems() {
  static const KnownProblems table = {
      {.id = "driver-library-mismatch-start",
       .where = "engine-start",
       .unasked = Severity::error,
       .summary = "The host's driver libraries and its loaded kernel module have different versions",
       .cause = "The driver's packages were upgraded (often by unattended-upgrades) while the old kernel "
                "module stayed loaded.",
       .check = "cat /proc/driver/nvidia/version; readlink -f /usr/lib/*/libnvidia-ml.so.1: two versions mean "
                "this; nvidia-smi then fails on the host too",
       .fix = {"sudo reboot",
               "or stop everything that uses the GPU, then: sudo rmmod nvidia_uvm nvidia_drm nvidia_modeset "
               "nvidia && sudo modprobe nvidia",
               "sudo apt-mark hold PACKAGES  # the driver's, against the next surprise"},
       .texts = {{"driver/library version mismatch", "nvidia-container-cli|nvml error|initialization error|hook"},
                 {"driver/library version mismatch", "failed to initialize nvml|nvml library version|nvidia-smi"},
                 {"api mismatch", "nvrm|kernel module has*version"}},
       .hints = {"nvidia-container-cli", "kernel module", "unattended"},
       .sign = skew_on_host,
       .source = "NVIDIA/nvidia-container-toolkit#394; NVIDIA/nvidia-docker#1451"},
      {.id = "driver-library-mismatch-inside",
       .where = "in-container-driver",
       .unasked = Severity::error,
       .summary = "The image brings driver libraries of another version than the host's kernel module",
       .cause = "The image has driver packages of its own, and they win over the injected ones. (If nvidia-smi "
                "fails on the host as well, it is the host's driver, as mostly: see driver-library-mismatch-start.)",
       .check = "nvidia-smi on the host: works means the image is to blame; in the container: ls -l "
                "/usr/lib/*/libnvidia-ml.so.*: more than one version",
       .fix = {"remove nvidia-driver-*, nvidia-utils-* and libnvidia-compute-* from the image; an image needs "
               "no driver"},
       .texts = {{"driver/library version mismatch", "failed to initialize nvml|nvml library version|nvidia-smi",
                  "!nvidia-container-cli"},
                 {"kernel version*does not match dso version*"}},
       .hints = {"works on the host|host works|fine on the host|only in the container|only inside"},
       .sign = skew_inside,
       .source = "k4yt3x/video2x#1226; NVIDIA/nvidia-container-toolkit#171"},
      {.id = "driver-not-loaded",
       .where = "engine-start",
       .summary = "The NVIDIA kernel driver is not loaded on the host",
       .cause = "It is not installed, was not built for the kernel that runs (a kernel update), was refused (Secure Boot), or "
                "nouveau holds the GPU. In a container alone: see no-gpu-given.",
       .check = "on the host: lsmod | grep nvidia: nothing means this; nvidia-smi works there: not this",
       .fix = {"sudo modprobe nvidia && nvidia-smi", "sudo dmesg | grep -iE 'nvrm|nvidia|lockdown'",
               "mokutil --sb-state  # SecureBoot enabled: the module has to be signed",
               "sudo apt-get install linux-headers-$(uname -r) && sudo dkms autoinstall  # after a kernel update"},
       .texts = {{"couldnt communicate with the nvidia driver"}, {"driver not loaded|error_driver_not_loaded", "nvml*|nvidia*"},
                 {"found no nvidia driver on your system"}},
       .hints = {"nvidia-smi has failed*", "nvidia-container-cli", "lsmod|modprobe|dkms|kernel update*|secure boot"},
       .sign = no_kernel_driver,
       .source = "NVIDIA/nvidia-container-toolkit#1269; NVIDIA/nvidia-docker#1393; mattshma/bigdata#133"},
      {.id = "persistenced-socket-gone",
       .where = "engine-start",
       .summary = "nvidia-persistenced does not run, though containers are to get its socket",
       .cause = "The daemon was stopped, or can't start since the driver was upgraded without a reboot; the hook or the CDI "
                "specification still names /run/nvidia-persistenced/socket.",
       .check = "systemctl status nvidia-persistenced: not active means this; nvidia-smi says 'Driver/library version "
                "mismatch': see driver-library-mismatch-start",
       .fix = {"sudo systemctl restart nvidia-persistenced", "sudo reboot  # where the driver was upgraded",
               "sudo systemctl restart nvidia-cdi-refresh.service  # where the daemon is not wanted: from toolkit 1.18 on"},
       .texts = {{"nvidia-persistenced/socket*", "no such file or directory"}},
       .sign = no_persistenced,
       .source = "NVIDIA/libnvidia-container, src/nvc_info.c; containers/toolbox#1577"},
      {.id = "driver-rpc-timeout",
       .where = "engine-start",
       .summary = "The driver takes longer to start than the container hook waits",
       .cause = "Without persistence mode the driver sets up every GPU anew for each caller; many GPUs, or a "
                "sick one, take longer than the hook's limit.",
       .check = "time nvidia-smi on the host: more than 10 s means this; sudo dmesg | grep Xid: a line means a "
                "sick GPU",
       .fix = {"sudo systemctl enable --now nvidia-persistenced", "take a GPU with Xid errors out of service"},
       .texts = {{"driver rpc error", "timed out|timeout"}, {"rpc error: timed out", "nvidia*"}},
       .sign = slow_nvml,
       .source = "NVIDIA/nvidia-container-toolkit#202; NVIDIA/nvidia-docker#1648"},
      {.id = "no-persistence-slow-start",
       .where = "perf",
       .severity = Severity::warning,
       .unasked = Severity::info,
       .summary = "Persistence mode is off: the driver sets the GPU up anew whenever its last user ends",
       .cause = "nvidia-persistenced does not run. Every start of a process or container then takes longer, "
                "native and in a container alike.",
       .check = "nvidia-smi -q | grep Persistence: Disabled means "
                "this; a second nvidia-smi right beside a running one is then fast",
       .fix = {"sudo systemctl enable --now nvidia-persistenced", "or: sudo nvidia-smi -pm 1"},
       .texts = {{"persistence*off|persistence*disabled|persistence mode is disabled|no persistence"},
                 {"nvidia-smi|container|cuinit|cuda", "takes*seconds|takes*minute*|slow start*|slow to start|takes*long*|startup is slow|slow startup",
                  "each time|every time|every run|each run|each start|every start|first*call|always|start*",
                  "!ptx", "!rpc"}},
       .sign = no_persistence,
       .source = "NVIDIA/nvidia-docker#379; NVIDIA/nvidia-docker#1279"},
      {.id = "fabric-manager",
       .where = "in-container-driver",
       .unasked = Severity::error,
       .summary = "The NVSwitch fabric is not set up: CUDA says 802, system not yet initialised",
       .cause = "On machines with NVSwitch (HGX, DGX) nvidia-fabricmanager does not run, failed, or is of "
                "another version than the driver.",
       .check = "systemctl status nvidia-fabricmanager on the host: not active means this; its version must be "
                "the driver's to the last digit",
       .fix = {"install nvidia-fabricmanager of exactly the driver's version",
               "sudo systemctl enable --now nvidia-fabricmanager"},
       .texts = {{"system not yet initialized"},
                 {"error 802|code 802|(802)|= 802|cuda_error_system_not_ready|cudaerrorsystemnotready|returned 802|: 802"},
                 {"fabric manager*not running|fabricmanager*failed|fabric manager*failed|fabric*not initialized"}},
       .sign = fabric_manager,
       .source = "pytorch/pytorch#35710; ollama/ollama#12136"},
      {.id = "gpu-lost",
       .where = "in-container-driver",
       .unasked = Severity::error,
       .summary = "A GPU fell off the bus or no longer answers",
       .cause = "Hardware, power, heat or the driver on the host (Xid 79). No container can mend it.",
       .check = "sudo dmesg | grep -iE 'xid|fallen off': Xid 79 means this; nvidia-smi on the host fails alike",
       .fix = {"sudo nvidia-smi --gpu-reset -i INDEX  # or: sudo reboot",
               "if it comes back: check power, riser and temperature, and have the card replaced"},
       .texts = {{"gpu is lost|gpu_is_lost"}, {"fallen off the bus|fell off the bus"}, {"xid*79", "nvrm|pci|gpu"},
                 {"reboot the system to recover this gpu"}},
       .sign = gpu_lost,
       .source = "JosephKJ/OWOD#81; NVIDIA/open-gpu-kernel-modules#507"},
      {.id = "handle-only-in-container",
       .where = "in-container-driver",
       .summary = "NVML starts, but one GPU can't be used by this container",
       .cause = "Not settled by the text: the container has no access to that GPU's node (it shows in /proc, "
                "but its node was not given), or that GPU is sick.",
       .check = "nvidia-smi -i INDEX on the host: fails too means the GPU is sick (see dmesg for Xid); works "
                "means the container's device list lacks its node: ls -l /dev/nvidia* inside",
       .fix = {"start the container again and ask for the GPUs by UUID", "sudo dmesg | grep -iE 'xid|nvrm'"},
       .texts = {{"unable to determine the device handle", "unknown error|insufficient permission*"},
                 {"devicegethandlebyindex*", "unknown error|failed"}},
       .source = "NVIDIA/nvidia-container-runtime#189; NVIDIA/nvidia-container-toolkit#69"},
      {.id = "vgpu-host-driver",
       .where = "in-container-driver",
       .unasked = Severity::error,
       .summary = "The host runs the vGPU manager's driver, which has no CUDA for the host itself",
       .cause = "A hypervisor's driver (vgpu-kvm) hands the GPU to virtual machines; programs of the host and "
                "its containers can't use it.",
       .check = "lsmod | grep nvidia_vgpu_vfio, systemctl status nvidia-vgpu-mgr: present means this; otherwise "
                "see driver-insufficient",
       .fix = {"run CUDA in a virtual machine that has a vGPU and the guest driver",
               "or install the data centre driver on the bare metal"},
       .texts = {{"cuda driver version is insufficient for cuda runtime version|cudaerrorinsufficientdriver"},
                 {"vgpu|nvidia-vgpu-mgr|vgpu-kvm", "libcuda*|cuda", "insufficient|not found|no such file*|missing|not supported"}},
       .hints = {"vgpu", "vgpu-kvm", "nvidia-vgpu-mgr", "hypervisor", "grid"},
       .sign = vgpu_host,
       .source = "bigstack-oss/cubecos#312"},
      {.id = "open-kmod-hmm",
       .where = "in-container-driver",
       .unasked = Severity::error,
       .summary = "cuInit fails with 3: the open kernel module's memory management does not start",
       .cause = "On some kernels the open kernel module with HMM (heterogeneous memory management) fails to set "
                "up unified memory.",
       .check = "cat /proc/driver/nvidia/version: 'Open Kernel Module', and cat "
                "/sys/module/nvidia_uvm/parameters/uvm_disable_hmm: N mean this",
       .fix = {"echo 'options nvidia_uvm uvm_disable_hmm=1' | sudo tee /etc/modprobe.d/nvidia-uvm.conf",
               "sudo rmmod nvidia_uvm && sudo modprobe nvidia_uvm"},
       .texts = {{"cuda_error_not_initialized"},
                 {"cuinit*", "initialization error", "!nvidia-container-cli"},
                 {"cuinit*returned 3|cuinit failed: 3|cuinit*error 3|cuinit*code 3"},
                 {"hmm", "uvm|nvidia_uvm|open kernel*|cuinit*"}},
       .sign = hmm,
       .source = "NVIDIA/open-gpu-kernel-modules#797, #901, #947"},
  };
  return table;
}

}  // namespace cuparity
