// What an image brings, lacks or asks for.
#include <fmt/format.h>

#include <algorithm>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/knowledge/questions.hpp"

namespace cuparity {
namespace {

bool injected(const Probe& probe) { return !probe.inside.driver_library_mounts.empty(); }

Sign own_libraries(const Probe& probe) {
  if (!in_container(probe) || probe.driver.libraries.empty()) return {};
  for (const DriverLibrary& library : probe.driver.libraries) {
    const bool side_path = library.real_path.find("/compat/") != std::string::npos ||
                           library.real_path.find("/stubs/") != std::string::npos;
    if (!side_path && library.size > 0 && !injected(probe)) return present(library.real_path + " is no mount");
  }
  return absent("the driver's libraries are mounts");
}

Sign empty_library(const Probe& probe) {
  for (const DriverLibrary& library : probe.driver.libraries) {
    if (library.size == 0) return present(library.real_path + ": 0 bytes");
  }
  return probe.driver.libraries.empty() ? Sign{} : absent("no driver library is empty");
}

Sign void_without_gpu(const Probe& probe) {
  const std::string value = inside_variable(probe, "NVIDIA_VISIBLE_DEVICES");
  if (!in_container(probe)) return {};
  if (value != "void") return absent("NVIDIA_VISIBLE_DEVICES is not void here");
  return gpu_expected(probe) || injected(probe)
             ? absent("NVIDIA_VISIBLE_DEVICES=void with a GPU: CDI gave it")
             : present("NVIDIA_VISIBLE_DEVICES=void; no NVIDIA node in /dev, no driver library mounted");
}

Sign no_libcuda(const Probe& probe) {
  const bool there = std::any_of(
      probe.driver.libraries.begin(), probe.driver.libraries.end(),
      [](const DriverLibrary& library) { return library.path.find("libcuda.so") != std::string::npos; });
  if (there || !probe.cuda.library_path.empty()) return absent("libcuda.so.1 is there");
  if (!gpu_expected(probe) || probe.cuda.outcome == "not looked") return {};
  return present("dlopen: " + probe.cuda.failure);
}

Sign cache_not_updated(const Probe& probe) {
  const bool there = std::any_of(
      probe.driver.libraries.begin(), probe.driver.libraries.end(),
      [](const DriverLibrary& library) { return library.size > 0 && library.path.find("libcuda.so") != std::string::npos; });
  if (there && probe.cuda.outcome == "failed" && probe.cuda.library_path.empty())
    return present("the library is there, but the loader does not find it; dlopen: " + probe.cuda.failure);
  // A code of nvmlInit's: the library was found.
  if (there && probe.inside.loader_cache == "lacks" && probe.nvml.outcome == "failed" && probe.nvml.result == 0)
    return present("ldconfig -p lacks libnvidia-ml.so.1; NVML: " + probe.nvml.failure);
  return probe.inside.loader_cache == "has" ? absent("ldconfig -p has libnvidia-ml.so.1") : Sign{};
}

std::vector<std::string> install_libcuda(const Probe& probe) {
  if (in_container(probe)) return {};
  return {"Debian: sudo apt-get install libcuda1 libnvidia-ml1  # component non-free",
          "Ubuntu: sudo apt-get install libnvidia-compute-VERSION  # that of the loaded driver"};
}

std::vector<std::string> run_ldconfig(const Probe& probe) {
  if (in_container(probe)) return {};
  return {"sudo ldconfig", "or: export LD_LIBRARY_PATH=FOLDER  # the library's folder"};
}

Sign nothing_injected(const Probe& probe) {
  if (!in_container(probe)) return {};
  if (probe.driver.nodes.empty() && !injected(probe)) return present("no NVIDIA node in /dev, no driver library mounted");
  const std::string lacking = lacks_driver_capability(probe, "utility");
  return present_if(!lacking.empty(), lacking);
}

Sign no_gpu_given(const Probe& probe) {
  if (!in_container(probe)) return {};
  if (probe.driver.nodes.empty() && !injected(probe) && !probe.driver.wsl)
    return present("no NVIDIA node in /dev, no driver library mounted");
  for (const char* capability : {"utility", "compute"}) {
    if (const std::string lacking = lacks_driver_capability(probe, capability); !lacking.empty()) return present(lacking);
  }
  return absent("this container was given nodes or driver libraries");
}

Sign unasked_gpu(const Probe& probe) {
  for (const AccessFacts& access : probe.access) {
    if (access.mode.ends_with(":none") && access.outcome == "ok" && access.gpu_count > 0)
      return present(fmt::format("{} shows {} GPUs", access.mode, access.gpu_count));
  }
  const EngineFacts* docker = working_docker(probe);
  if (docker && !docker->default_runtime.empty() && docker->default_runtime != "nvidia")
    return absent("Docker's default runtime is " + docker->default_runtime);
  return {};
}

}  // namespace

const KnownProblems& image_problems() {
  static const KnownProblems table = {
      {.id = "image-ships-driver-libs-file-exists",
       .where = "engine-start",
       .unasked = Severity::warning,
       .summary = "The image has driver libraries of its own, where the hook wants to mount the host's",
       .cause = "Driver packages were installed in the image, or it was committed from a container with a GPU or "
                "on WSL.",
       .check = "docker run --rm --entrypoint find IMAGE / -xdev -name 'libnvidia-ml.so.*' -o -name 'libcuda.so.*': "
                "a hit outside stubs and compat means this",
       .fix = {"remove nvidia-driver-*, nvidia-utils-* and libnvidia-compute-* from the image",
               "or in the Dockerfile: RUN rm -f /usr/lib/x86_64-linux-gnu/lib{cuda,nvidia-*}.so*"},
       .texts = {{"file exists", "libnvidia-*|libcuda*|libnv*|nvidia-smi*|nvidia-container-cli*", "mount error*|file creation failed*|merged/*"}},
       .sign = own_libraries,
       .source = "NVIDIA/nvidia-container-toolkit#289; NVIDIA/nvidia-docker#825"},
      {.id = "compat-broken-symlink",
       .where = "engine-start",
       .summary = "The image's cuda-compat folder is broken",
       .cause = "A link to a libcuda that was deleted or squashed away; the legacy hook tries to mount it.",
       .check = "docker run --rm --entrypoint readlink IMAGE -e /usr/local/cuda/compat/libcuda.so.1: fails means this",
       .fix = {"reinstall or remove the package cuda-compat-* in the image"},
       .texts = {{"compat/libcuda*", "no such file or directory|stat failed*|not found"}},
       .source = "NVIDIA/nvidia-container-runtime#136"},
      {.id = "zero-length-libcuda",
       .where = "build",
       .unasked = Severity::error,
       .summary = "A driver library in the image is an empty file",
       .cause = "A mount point that an engine left behind was committed into the image (docker commit, or a build "
                "under the nvidia runtime).",
       .check = "find / -xdev -name 'libcuda.so*' -size 0 in the image: a hit means this",
       .fix = {"in the Dockerfile: RUN find / -xdev \\( -name 'libcuda.so*' -o -name 'libnvidia-*.so*' \\) -size 0 "
               "-delete",
               "to link without a driver: -L/usr/local/cuda/lib64/stubs -lcuda"},
       .texts = {{"libcuda*|libnvidia*", "file truncated|file too short|file not recognized*"}},
       .sign = empty_library,
       .source = "moby/buildkit#2117"},
      {.id = "image-libc-older-than-driver",
       .where = "in-container-driver",
       .summary = "The image's C or C++ library is older than the host's driver libraries need",
       .cause = "The driver's libraries come from the host (Apptainer --nv and others) and ask for a version of glibc or "
                "libstdc++ that the image does not have.",
       .check = "ldd --version in the image, against the version that the message asks for",
       .fix = {"make the image from a newer distribution",
               "Apptainer, where only a graphics library asks: take it out of the host's nvliblist.conf"},
       .texts = {{"glibc_*|glibcxx_*|cxxabi_*", "not found", "required by", "singularity.d/libs*|libcuda.so*|libnvidia-*"}},
       .source = "apptainer/apptainer#2421, #945, #1080"},
      {.id = "libcuda-missing",
       .where = "in-container-driver",
       .unasked = Severity::error,
       .summary = "libcuda.so.1 is not there: no driver library was given to this container",
       .cause = "No GPU was asked for (or this is a build), or capabilities without compute; images never contain "
                "the driver. On a host: a partial driver package.",
       .check = "ls /dev/nvidiactl inside: missing means no GPU was asked for; there: look at "
                "NVIDIA_DRIVER_CAPABILITIES, which must hold compute",
       .fix = {"docker run --gpus all -e NVIDIA_DRIVER_CAPABILITIES=compute,utility …",
               "on a host with Debian: sudo apt-get install libcuda1  # component non-free",
               "on a host with Ubuntu: sudo apt-get install libnvidia-compute-VERSION",
               "programs that must start without a driver: load libcuda with dlopen"},
       .fix_here = install_libcuda,
       .texts = {{"found no nvidia driver on your system"}, {"failed call to cuinit: unknown error (303)"},
                 {"could not find cuda drivers on your machine"},
                 {"libcuda.so*", "cannot open shared object*|could not be loaded|not found|could not load*|could not find*|failed to load*|no such file*|unable to load*",
                  "!compat/*", "!file too short", "!file truncated", "!required by"}},
       .sign = no_libcuda,
       .source = "heavyai/heavydb#281"},
      {.id = "ldcache-not-updated",
       .where = "in-container-driver",
       .unasked = Severity::error,
       .summary = "The driver's libraries are there, but the loader does not find them",
       .cause = "ldconfig did not run in the container (wrong path in config.toml, read-only root, old "
                "libnvidia-container): the loader's cache does not know them.",
       .check = "ldconfig -p | grep libnvidia-ml: nothing, while ls /usr/lib/*/libnvidia-ml.so* shows it: this; not "
                "there at all: no GPU was asked for, or capabilities without utility",
       .fix = {"now: ldconfig  # in the container",
               "for good: a newer toolkit, and in its config.toml the ldconfig of this distribution (@/sbin/ldconfig.real on "
               "Ubuntu)"},
       .fix_here = run_ldconfig,
       .texts = {{"couldnt find libnvidia-ml*|could not find libnvidia-ml*|cannot find libnvidia-ml*|cant find libnvidia-ml*"},
                 {"adding directory that contains libnvidia-ml*"},
                 {"libnvidia-ml.so*", "cannot open shared object*", "ldconfig*|ld.so.cache"}},
       .sign = cache_not_updated,
       .source = "NVIDIA/libnvidia-container#67; NVIDIA/nvidia-docker#1163"},
      {.id = "no-gpu-given",
       .where = "in-container-driver",
       .summary = "The container was given no GPU: neither the driver's nodes nor its libraries are in it",
       .cause = "It was started without --gpus, the nvidia runtime or a CDI device; or with capabilities that leave out what the "
                "program asks (NVML: utility, CUDA: compute).",
       .check = "ls /dev/nvidiactl inside (WSL: /dev/dxg): missing means this, while nvidia-smi works on the host; there: "
                "echo $NVIDIA_DRIVER_CAPABILITIES",
       .fix = {"docker run --gpus all …; podman run --device nvidia.com/gpu=all …",
               "-e NVIDIA_DRIVER_CAPABILITIES=compute,utility"},
       .texts = {{"the nvidia driver was not detected"}, {"found no nvidia driver on your system"},
                 {"nvml shared library not found|nvmlerror_librarynotfound"}, {"couldnt communicate with the nvidia driver"},
                 {"could not find cuda drivers on your machine"}, {"no nvidia gpu device is present*"},
                 {torch_sees_no_gpu}},
       .hints = {"docker run|container*|pod|podman"},
       .sign = no_gpu_given,
       .source = "NVIDIA/nvidia-docker#1071, #464; stevezau/media_preview_generator#47; ameli/manylinux-cuda#5"},
      {.id = "nvidia-smi-not-found",
       .where = "in-container-driver",
       .summary = "nvidia-smi is not in the container",
       .cause = "It comes with the capability utility. Either no GPU was asked for (a variable alone gives nothing), "
                "or NVIDIA_DRIVER_CAPABILITIES lacks utility.",
       .check = "ls /dev/nvidiactl inside: missing means nothing was injected; there: the capability is missing",
       .fix = {"docker run --gpus all …  # or --runtime=nvidia, or --device nvidia.com/gpu=all",
               "-e NVIDIA_DRIVER_CAPABILITIES=compute,utility"},
       .texts = {{"nvidia-smi*", "executable file*not found*|command not found|: not found|not found in*|no such file or directory", "!could not select*", "!mount*"}},
       .sign = nothing_injected,
       .source = "NVIDIA/nvidia-docker#1668; google-deepmind/alphafold#374"},
      {.id = "visible-devices-void",
       .where = "in-container-driver",
       .unasked = Severity::warning,
       .summary = "NVIDIA_VISIBLE_DEVICES is void, and no GPU is here",
       .cause = "void tells the legacy hook to do nothing. CDI sets it and gives the GPU itself; without nodes in "
                "/dev nobody gave one.",
       .check = "ls /dev/nvidia0: there means CDI gave it and all is well; missing means nothing was given",
       .fix = {"docker run --gpus all …  # or --device nvidia.com/gpu=all", "do not set NVIDIA_VISIBLE_DEVICES by hand"},
       .texts = {{"nvidia_visible_devices*void"}},
       .sign = void_without_gpu,
       .source = "mmartial/ComfyUI-Nvidia-Docker#104; NVIDIA/nvidia-container-toolkit#884"},
      {.id = "unrequesting-pod-sees-all",
       .where = "in-container-driver",
       .severity = Severity::warning,
       .unasked = Severity::warning,
       .summary = "A container that asked for no GPU sees them all",
       .cause = "CUDA images set NVIDIA_VISIBLE_DEVICES=all, and nvidia is the default runtime: the image itself "
                "asks.",
       .check = "docker info: Default Runtime: nvidia (or containerd's default_runtime_name), and the image's "
                "environment has NVIDIA_VISIBLE_DEVICES=all: this",
       .fix = {"NVIDIA_VISIBLE_DEVICES=void for containers that need no GPU",
               "config.toml: accept-nvidia-visible-devices-envvar-when-unprivileged = false, with "
               "accept-nvidia-visible-devices-as-volume-mounts = true; or CDI"},
       .texts = {{"pod|pods|container|containers", "sees all*|see all*|access*all*gpu*|all gpus|every gpu|all the gpus",
                  "no*request*|not request*|without request*|requests no*|requests none|did not ask|not asked|no gpu*limit*|unrequest*|doesnt request|didnt request|without*limit*|without asking*", "!wsl*"}},
       .sign = unasked_gpu,
       .source = "NVIDIA/k8s-device-plugin#87; NVIDIA/gpu-operator#421"},
  };
  return table;
}

}  // namespace cuparity
