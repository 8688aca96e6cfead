// CUDA's own codes: which library answered, and why it refuses.
#include <fmt/format.h>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/knowledge/questions.hpp"

namespace cuparity {
namespace {

std::string answer(const Probe& probe) {
  std::string text = fmt::format("cuInit of {} returned {}", probe.cuda.library_path, probe.cuda.result);
  for (const char* name : {"CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH"}) {
    if (probe.inside.variables.contains(name)) text += fmt::format("; {}={}", name, inside_variable(probe, name));
  }
  return text;
}

Sign by_code(const Probe& probe, int code) {
  if (probe.cuda.result == code) return present(answer(probe));
  return probe.cuda.outcome == "ok" ? absent("cuInit works here") : Sign{};
}

Sign stub(const Probe& probe) {
  if (probe.cuda.library_path.find("/stubs/") != std::string::npos) return present(answer(probe));
  const std::string path = inside_variable(probe, "LD_LIBRARY_PATH");
  if (path.find("/stubs") != std::string::npos) return present("LD_LIBRARY_PATH=" + path);
  return by_code(probe, 34);
}

Sign hidden_devices(const Probe& probe) {
  const bool set = probe.inside.variables.contains("CUDA_VISIBLE_DEVICES");
  const std::string value = inside_variable(probe, "CUDA_VISIBLE_DEVICES");
  const bool none = probe.cuda.result == 100 || probe.cuda.result == 101;
  if (set && (none || value.empty() || value == "-1")) {
    return present(fmt::format("CUDA_VISIBLE_DEVICES=\"{}\"; NVML sees {} GPUs; cuInit: {}", value,
                               probe.nvml.gpus.size(), probe.cuda.result));
  }
  return set ? Sign{} : absent("CUDA_VISIBLE_DEVICES is not set here");
}

Sign exclusive(const Probe& probe) {
  for (const GpuFacts& gpu : probe.nvml.gpus) {
    if (!gpu.compute_mode.empty() && gpu.compute_mode != "default")
      return present(fmt::format("GPU {}: compute mode {}", gpu.index, gpu.compute_mode));
    if (gpu.compute_mode == "default") return absent("compute mode is default");
  }
  return probe.cuda.result == 46 ? present(answer(probe)) : Sign{};
}

Sign os_call(const Probe& probe) {
  if (probe.cuda.result == 304)
    return present(answer(probe) + (probe.inside.seccomp.empty() ? "" : "; seccomp: " + probe.inside.seccomp));
  return probe.inside.seccomp == "disabled" ? absent("no seccomp filter here") : by_code(probe, 304);
}

/// Only WSL has the library that is left out.
Sign wsl_library(const Probe& probe) {
  if (!probe.driver.wsl) return absent("/dev/dxg is not there: no WSL");
  const std::string& toolkit = probe.toolkit.version;
  if (version_below(toolkit, 1, 14, 4)) return present("WSL; NVIDIA Container Toolkit " + toolkit);
  return by_code(probe, 500);
}

Sign no_mig_instance(const Probe& probe) {
  const bool none = probe.cuda.result == 100 || (probe.cuda.outcome == "ok" && probe.cuda.device_count == 0);
  if (!none || probe.inside.variables.contains("CUDA_VISIBLE_DEVICES")) return {};
  for (const GpuFacts& gpu : probe.nvml.gpus) {
    if (gpu.mig) return present(fmt::format("MIG is on for GPU {}; {}", gpu.index, answer(probe)));
  }
  return probe.nvml.gpus.empty() ? Sign{} : absent("MIG is off");
}

Sign one_mig_device(const Probe& probe) {
  if (no_mig_instance(probe).says == Sign::Says::present) return {};
  for (const GpuFacts& gpu : probe.nvml.gpus) {
    if (gpu.mig) {
      return present(fmt::format("MIG is on for GPU {}; CUDA sees {} devices", gpu.index, probe.cuda.device_count));
    }
  }
  return probe.nvml.gpus.empty() ? Sign{} : absent("MIG is off");
}

Sign no_driver_or_old(const Probe& probe) {
  if (in_container(probe) && !gpu_expected(probe)) return present("no GPU was given to this container");
  if (const std::string evidence = driver_below_required_cuda(probe); !evidence.empty()) return present(evidence);
  return by_code(probe, 35);
}

}  // namespace

const KnownProblems& cuda_problems() {
  static const KnownProblems table = {
      {.id = "driver-insufficient",
       .where = "in-container-runtime",
       .unasked = {},
       .summary = "The driver is older than the CUDA runtime needs, or no driver was given to the container",
       .cause = "The runtime says this for both: libcuda of an old driver, and no libcuda at all.",
       .check = "ls /dev/nvidiactl inside: missing means that no GPU was asked for; there: nvidia-smi's 'CUDA "
                "Version' is lower than the image's CUDA",
       .fix = {"no GPU asked for: docker run --gpus all …",
               "old driver: update it, use an image with an older CUDA, or cuda-compat on a data centre GPU"},
       .texts = {{"cuda driver version is insufficient*"}, {"cudaerrorinsufficientdriver"},
                 {"nvidia driver*too old|driver on your system is too old|driver is too old"},
                 {"built for nvidia driver release*", "was detected*"}},
       .sign = no_driver_or_old,
       .source = "NVIDIA/nvidia-docker#747, #781, #400"},
      {.id = "compat-803",
       .where = "in-container-runtime",
       .unasked = Severity::error,
       .summary = "CUDA says 803: the libcuda that is found first does not fit the kernel driver",
       .cause = "A cuda-compat package, or another driver's library, stands before the host's in the loader's path.",
       .check = "ldconfig -p | grep libcuda and echo $LD_LIBRARY_PATH: a path with compat before the driver's means "
                "this",
       .fix = {"take compat out of LD_LIBRARY_PATH and /etc/ld.so.conf.d, then: ldconfig",
               "or remove cuda-compat-* from the image; toolkit 1.17.5 and newer decides by itself"},
       .texts = {{"error 803|code 803|(803)|= 803|: 803|returned 803|cuda_error_system_driver_mismatch|cudaerrorsystemdrivermismatch"},
                 {"unsupported display driver*cuda driver combination"}, {"kernel version*does not match dso version*"}},
       .sign = [](const Probe& probe) { return by_code(probe, 803); },
       .source = "ai-dynamo/nixl#441; NVIDIA/nvidia-container-toolkit#234; NVIDIA/nvidia-docker#1704"},
      {.id = "compat-804",
       .where = "in-container-runtime",
       .unasked = Severity::error,
       .summary = "CUDA says 804: forward compatibility does not exist for this GPU",
       .cause = "A cuda-compat libcuda is used on a GPU that has none: only data centre GPUs, some RTX and Jetson do.",
       .check = "nvidia-smi -L: a GeForce means this; ldconfig -p | grep compat shows the package",
       .fix = {"update the host's driver", "or use an image whose CUDA is not newer than the driver",
               "or remove cuda-compat-* from the image"},
       .texts = {{"error 804|code 804|(804)|= 804|: 804|returned 804|cuda_error_compat_not_supported_on_device|cudaerrorcompatnotsupportedondevice"},
                 {"forward compatibility was attempted*"}},
       .sign = [](const Probe& probe) { return by_code(probe, 804); },
       .source = "NVIDIA/nvidia-docker#1515; docs.nvidia.com/deploy/cuda-compatibility"},
      {.id = "stub-libcuda",
       .where = "in-container-runtime",
       .unasked = Severity::error,
       .summary = "The link-time stub of libcuda is found at run time",
       .cause = "/usr/local/cuda/lib64/stubs is in LD_LIBRARY_PATH, ld.so.conf or the program's RPATH.",
       .check = "echo $LD_LIBRARY_PATH; ldconfig -p | grep stubs; readelf -d PROGRAM | grep -i rpath: stubs means this",
       .fix = {"take the stubs folder out of LD_LIBRARY_PATH; use it with -L or LIBRARY_PATH when linking only"},
       .texts = {{"cuda driver is a stub library|driver is a stub*|cudaerrorstublibrary|cuda_error_stub_library"},
                 {"cuinit*returned 34|cuinit failed: 34|error 34*stub*|cuinit failed with*34"}},
       .sign = stub,
       .source = "rigelminer/rigel#153; xmake-io/xmake#4686"},
      {.id = "no-kernel-image",
       .where = "in-container-runtime",
       .summary = "The program has no code for this GPU",
       .cause = "Neither machine code for its compute capability nor PTX that could be compiled for it is in the "
                "program.",
       .check = "nvidia-smi --query-gpu=compute_cap --format=csv against cuobjdump --list-elf --list-ptx PROGRAM",
       .fix = {"build with -gencode for this GPU, and with PTX of the newest (CMAKE_CUDA_ARCHITECTURES)",
               "or take a newer wheel or image"},
       .texts = {{"no kernel image is available*"}, {"cudaerrornokernelimagefordevice|cuda_error_no_binary_for_gpu"},
                 {"error 209|code 209|(209)", "cuda*|kernel*"}},
       .source = "pytorch/pytorch#31285"},
      {.id = "unsupported-ptx",
       .where = "in-container-runtime",
       .summary = "The program's PTX is newer than the driver's compiler",
       .cause = "It was built with a newer CUDA than the driver knows; compatibility within a major version does not "
                "cover PTX.",
       .check = "nvidia-smi's 'CUDA Version' is lower than the CUDA that built the program: this",
       .fix = {"update the host's driver", "or build machine code for this GPU (-gencode arch=…,code=sm_…)",
               "or build with an older CUDA"},
       .texts = {{"ptx was compiled with an unsupported toolchain"}, {"cudaerrorunsupportedptxversion|cuda_error_unsupported_ptx_version"},
                 {"unsupported ptx version|ptx*unsupported toolchain"}, {"error 222|code 222|(222)", "cuda*|ptx*"}},
       .source = "fauxpilot/fauxpilot#19; EricLBuehler/mistral.rs#1571"},
      {.id = "cuda-visible-devices-empty",
       .where = "in-container-runtime",
       .unasked = Severity::error,
       .summary = "CUDA sees no device: CUDA_VISIBLE_DEVICES hides them, or none was given",
       .cause = "CUDA_VISIBLE_DEVICES is empty, -1, or holds a host's index or UUID; inside a container numbers "
                "start at 0 again.",
       .check = "echo \"[$CUDA_VISIBLE_DEVICES]\" and nvidia-smi -L: nvidia-smi lists a GPU means this; no nodes in "
                "/dev means that no GPU was asked for",
       .fix = {"unset CUDA_VISIBLE_DEVICES  # or use the container's own numbers", "no GPU inside: docker run --gpus all …",
               "in a batch job: ask for a GPU  # Slurm: --gpus=1 or --gres=gpu:1"},
       .texts = {{"no cuda-capable device is detected|cuda_error_no_device|cudaerrornodevice|no cuda gpus are available"},
                 {"cuinit*failed: 100|cuinit*failed:100|cuinit*returned 100|error 100|cuinit*error 100|cuinit*code 100|cuinit*= 100|cuinit*failed with*100|cuinit* 100"},
                 {"cuda_visible_devices", "empty|-1|invalid|unset|not set|no device*|hides*"},
                 {"cudaerrorinvaliddevice|invalid device ordinal|cuda_error_invalid_device"}},
       .sign = hidden_devices,
       .source = "Project-HAMi/HAMi#1351; NVIDIA/nvidia-container-toolkit#73"},
      {.id = "exclusive-process",
       .where = "in-container-driver",
       .unasked = Severity::info,
       .summary = "The GPU is for one process at a time, and another one has it",
       .cause = "Its compute mode is EXCLUSIVE_PROCESS or PROHIBITED.",
       .check = "nvidia-smi -q -d COMPUTE: anything but Default means this",
       .fix = {"sudo nvidia-smi -c DEFAULT  # on the host", "or end the other process (nvidia-smi shows it), or use MPS"},
       .texts = {{"all cuda-capable devices are busy or unavailable|devices are busy or unavailable|"
                  "device(s) is/are busy or unavailable"},
                 {"cudaerrordevicesunavailable|cuda_error_device_unavailable"}, {"error 46|code 46|(46)", "cuda*"},
                 {"exclusive_process|exclusive process|compute mode prohibited"}},
       .sign = exclusive,
       .source = "NVIDIA/DIGITS#2005; pytorch/pytorch#3871"},
      {.id = "cuda-os-call-refused",
       .where = "in-container-runtime",
       .unasked = Severity::error,
       .summary = "CUDA says 304: a system call that the driver needs was refused",
       .cause = "A seccomp profile stricter than Docker's own (a platform's, a sandbox's) or another security module refuses "
                "e.g. memfd_create, while NVML goes on working.",
       .check = "grep Seccomp: /proc/self/status: 2, and it works with --security-opt seccomp=unconfined: this",
       .fix = {"docker run --security-opt seccomp=unconfined …  # to see that it is this",
               "strace -f -e trace=all PROGRAM 2>&1 | grep -E 'EPERM|ENOSYS'  # names the call to allow in the profile",
               "update Docker and libseccomp where both are old"},
       .texts = {{"os call failed or operation not supported on this os"},
                 {"cudaerroroperatingsystem|cuda_error_operating_system"}, {"error 304|code 304|(304)", "cuda*|cuinit"}},
       .sign = os_call,
       .source = "NVIDIA/OpenShell#1696; abetlen/llama-cpp-python#645"},
      {.id = "wsl-library-not-mapped",
       .where = "in-container-runtime",
       .unasked = Severity::error,
       .summary = "CUDA says 500 on WSL: the container lacks a library that Windows' driver needs",
       .cause = "Windows' drivers from 555 on need libnvdxgdmal.so.1 in the container, which older toolkits, and Docker Desktop "
                "before 4.31, do not map.",
       .check = "on WSL, in the container: ls /usr/lib/wsl/drivers/*/libnvdxgdmal.so.1: nothing means this; no WSL: the "
                "program asks for a name that its library does not have",
       .fix = {"update Docker Desktop to 4.31 or newer", "or update nvidia-container-toolkit to 1.14.4, 1.15 or newer"},
       .texts = {{"named symbol not found"}, {"cuda_error_not_found"}},
       .hints = {"wsl*|windows|docker desktop", "cudagetdevicecount*|cuinit"},
       .sign = wsl_library,
       .source = "NVIDIA/nvidia-container-toolkit#520"},
      {.id = "mig-no-instance",
       .where = "in-container-driver",
       .unasked = Severity::error,
       .summary = "MIG is on, and CUDA has no MIG device to use",
       .cause = "With MIG on, CUDA sees MIG devices alone: no instance was made on the host, or none was given to this "
                "container.",
       .check = "nvidia-smi -L: no line 'MIG …' below the GPU: on the host none was made; inside alone none was given",
       .fix = {"sudo nvidia-smi mig -lgip; sudo nvidia-smi mig -cgi PROFILE -C  # makes an instance of a profile of that list",
               "docker run --gpus '\"device=0:0\"' …  # gives the first of GPU 0; by CDI: --device nvidia.com/gpu=0:0",
               "or without MIG: sudo nvidia-smi -mig 0"},
       .texts = {{"no mig devices found"},
                 {"no cuda-capable device is detected|cuda_error_no_device|cudaerrornodevice|no cuda gpus are available",
                  "mig|mig-*"}},
       .hints = {"mig"},
       .sign = no_mig_instance,
       .source = "docs.nvidia.com/datacenter/tesla/mig-user-guide"},
      {.id = "mig-one-device",
       .where = "in-container-driver",
       .severity = Severity::info,
       .unasked = Severity::info,
       .summary = "MIG is on: a CUDA process uses one MIG device only",
       .cause = "CUDA lists a single MIG instance to a process, however many the container was given.",
       .check = "nvidia-smi -L shows several MIG devices, CUDA one: this, and by design",
       .fix = {"one process for each: CUDA_VISIBLE_DEVICES=MIG-UUID"},
       .texts = {{"mig|mig-*", "device_count*|only one|one device|single device|1 device|returns 1|only 1|just one|cudagetdevicecount*|only the first|one mig"}},
       .sign = one_mig_device,
       .source = "pytorch/pytorch#102715, #130181"},
  };
  return table;
}

}  // namespace cuparity
