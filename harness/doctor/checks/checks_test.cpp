// Table-driven: a change to a probe where all is well, and the finding that must come of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "harness/doctor/checks/example_probe.hpp"
#include "harness/doctor/diagnose.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;

struct Case {
  const char* name;
  Probe (*start)();
  std::function<void(Probe&)> change;
  const char* id;
  Severity severity;
  const char* evidence;  ///< found in summary, cause or evidence
};

void PrintTo(const Case& test, std::ostream* out) { *out << test.name; }

AccessFacts failed_access(const char* words) { return {"docker:--gpus=all", "failed", words, {}, -1, ""}; }

EngineFacts& docker(Probe& probe) { return probe.engines.front(); }

void silence(Probe& probe, const char* words) {
  docker(probe).answers = false;
  docker(probe).server_version.clear();
  docker(probe).failure = words;
  probe.images.clear();
  probe.access.clear();
}

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      // Driver
      {"NoGpu", host_without_gpu, [](Probe&) {}, "gpu.none", Severity::info, "CPU backend"},
      {"GpuWithoutDriver", host_without_gpu,
       [](Probe& p) {
         p.driver.pci_gpus = {{"0000:65:00.0", "0x2335", ""}};
       },
       "driver.not_loaded", Severity::error, "0000:65:00.0 (device 0x2335, kernel driver: none)"},
      {"Nouveau", host_without_gpu,
       [](Probe& p) {
         p.driver.pci_gpus = {{"0000:01:00.0", "0x2204", "nouveau"}};
       },
       "driver.nouveau", Severity::error, "nouveau"},
      {"PassedThrough", host_without_gpu,
       [](Probe& p) {
         p.driver.pci_gpus = {{"0000:01:00.0", "0x2204", "vfio-pci"}};
       },
       "driver.passed_through", Severity::error, "vfio-pci"},
      {"LibraryOfAnotherDriver", healthy_host, [](Probe& p) { p.driver.libraries[0].version = "580.95.05"; },
       "driver-library-mismatch-start", Severity::error, "580.95.05"},
      {"ImageBringsItsOwnDriver", inside_container,
       [](Probe& p) { p.driver.libraries[0].version = "535.1.2"; }, "driver-library-mismatch-inside",
       Severity::error, "The image has driver packages of its own"},
      {"EmptyLibrary", inside_container, [](Probe& p) { p.driver.libraries[0].size = 0; },
       "zero-length-libcuda", Severity::error, "0 bytes"},
      {"NoLibcuda", healthy_host,
       [](Probe& p) {
         p.driver.libraries.clear();
         p.cuda = {"failed", "libcuda.so.1: cannot open shared object file", "", 0, 0, -1};
       },
       "libcuda-missing", Severity::error, "cannot open shared object file"},
      {"LibcudaOutsideOfTheLoadersPath", healthy_host,
       [](Probe& p) { p.cuda = {"failed", "libcuda.so.1: cannot open shared object file", "", 0, 0, -1}; },
       "ldcache-not-updated", Severity::error, "ldconfig"},
      // Nodes
      {"NoUvm", healthy_host, [](Probe& p) { p.driver.nodes.pop_back(); }, "uvm-node-missing",
       Severity::error, "nvidia-uvm"},
      {"NoNodes", healthy_host, [](Probe& p) { p.driver.nodes.clear(); }, "nodes.missing", Severity::error,
       "/dev/nvidia0, /dev/nvidiactl"},
      {"CgroupDenies", inside_container, [](Probe& p) { p.driver.nodes[1].opening = "EPERM"; },
       "nvml-unknown-error-daemon-reload", Severity::error, "/dev/nvidiactl"},
      {"ModeDenies", healthy_host,
       [](Probe& p) {
         p.driver.nodes[0] = {"/dev/nvidia0", "0660", 0, 44, "EACCES"};
       },
       "nvml-permission-nonroot", Severity::error, "mode 0660, owner 0:44"},
      {"SelinuxDenies", inside_container,
       [](Probe& p) {
         p.kernel_settings.selinux = "enforcing";
         p.driver.nodes[0].opening = "EACCES";
       },
       "selinux-denied", Severity::error, "setsebool -P container_use_devices on"},
      {"ModeDeniesInside", inside_container,
       [](Probe& p) {
         p.driver.nodes[0] = {"/dev/nvidia0", "0660", 0, 44, "EACCES"};
       },
       "nvml-permission-nonroot", Severity::error, "--group-add"},
      {"DriverRefuses", healthy_host, [](Probe& p) { p.driver.nodes[0].opening = "EIO"; }, "nodes.refused",
       Severity::error, "EIO"},
      // NVML and CUDA
      {"NvmlHangs", healthy_host,
       [](Probe& p) { p.nvml = {"hung", "no answer within 10 s", "", "", "", {}}; }, "nvml.hung",
       Severity::error, "10 s"},
      {"NvmlFails", healthy_host,
       [](Probe& p) { p.nvml = {"failed", "nvmlInit: Unknown Error (999)", "", "", "", {}}; }, "nvml.failed",
       Severity::error, "999"},
      {"NoPersistence", healthy_host, [](Probe& p) { p.nvml.gpus[0].persistence = false; },
       "no-persistence-slow-start", Severity::info, "GPU 0"},
      {"Stub", healthy_host,
       [](Probe& p) { p.cuda = {"failed", "", "/usr/local/cuda/lib64/stubs/libcuda.so.1", 34, 0, -1}; },
       "stub-libcuda", Severity::error, "stubs"},
      {"CudaNoDevice", inside_container,
       [](Probe& p) {
         p.cuda = {"failed", "", "/usr/lib/libcuda.so.1", 100, 13000, -1};
         p.inside.variables["CUDA_VISIBLE_DEVICES"] = "";
       },
       "cuda-visible-devices-empty", Severity::error, "CUDA_VISIBLE_DEVICES="},
      {"MigWithoutInstance", healthy_host,
       [](Probe& p) {
         p.nvml.gpus[0].mig = true;
         p.cuda = {"failed", "", "/l", 100, 13000, -1};
       },
       "mig-no-instance", Severity::error, "mig -cgi PROFILE -C"},
      {"MigWithoutInstanceThoughCuInitWorks", healthy_host,
       [](Probe& p) {
         p.nvml.gpus[0].mig = true;
         p.cuda.device_count = 0;
       },
       "mig-no-instance", Severity::error, "MIG is on for GPU 0"},
      {"NoDeviceThoughNothingHidesIt", healthy_host, [](Probe& p) { p.cuda = {"failed", "", "/l", 100, 13000, -1}; },
       "cuda.no_device", Severity::error, "CUDA_VISIBLE_DEVICES is not set"},
      {"NvmlWithoutItsCapability", inside_container,
       [](Probe& p) {
         p.inside.injection_path = "legacy";
         p.inside.variables["NVIDIA_DRIVER_CAPABILITIES"] = "compute";
         p.nvml = {"failed", "libnvidia-ml.so.1 can't be loaded", "", "", "", {}};
       },
       "nvml.failed", Severity::error, "NVIDIA_DRIVER_CAPABILITIES=compute leaves it out"},
      {"FabricManager", healthy_host, [](Probe& p) { p.cuda = {"failed", "", "/l", 802, 13000, -1}; },
       "fabric-manager", Severity::error, "nvidia-fabricmanager"},
      {"Compat", healthy_host,
       [](Probe& p) { p.cuda = {"failed", "", "/usr/local/cuda/compat/libcuda.so", 803, 0, -1}; },
       "compat-803", Severity::error, "compat"},
      {"OpenModuleWithHmm", healthy_host,
       [](Probe& p) {
         p.driver.open_module = true;
         p.cuda = {"failed", "", "/l", 3, 13000, -1};
       },
       "open-kmod-hmm", Severity::error, "uvm_disable_hmm=1"},
      {"ProprietaryModuleFails", healthy_host, [](Probe& p) { p.cuda = {"failed", "", "/l", 3, 13000, -1}; },
       "cuda.not_initialized", Severity::error, "dmesg"},
      {"CudaUnknown", healthy_host, [](Probe& p) { p.cuda = {"failed", "", "/l", 999, 13000, -1}; },
       "cuda.unknown", Severity::error, "nvidia-uvm"},
      {"CudaCodeWithoutExplanation", healthy_host,
       [](Probe& p) { p.cuda = {"failed", "", "/l", 777, 13000, -1}; }, "cuda.failed", Severity::error,
       "777"},
      {"CudaCrashes", healthy_host,
       [](Probe& p) { p.cuda = {"crashed", "ended by signal 11", "", 0, 0, -1}; }, "cuda.hung",
       Severity::error, "signal 11"},
      {"CudaSeesFewer", healthy_host, [](Probe& p) { p.cuda.device_count = 0; }, "cuda.fewer_devices",
       Severity::warning, "CUDA sees 0"},
      // Engines
      {"NoEngine", healthy_host,
       [](Probe& p) {
         p.engines.clear();
         p.images.clear();
         p.access.clear();
       },
       "engine.none", Severity::error, "neither docker nor podman"},
      {"DockerNotRunning", healthy_host, [](Probe& p) { silence(p, "Cannot connect to the Docker daemon"); },
       "docker-not-running", Severity::error, "Cannot connect"},
      {"DockerNotRunningButPodman", healthy_host,
       [](Probe& p) {
         silence(p, "Cannot connect to the Docker daemon");
         EngineFacts podman;
         podman.name = "podman";
         podman.client_version = "5.2.1";
         podman.answers = true;
         p.engines.push_back(podman);
       },
       "docker-not-running", Severity::warning, "Cannot connect"},
      {"DockerPermission", healthy_host,
       [](Probe& p) {
         silence(p, "permission denied while trying to connect to the Docker daemon socket");
         docker(p).permission_denied = true;
       },
       "docker-socket-permission", Severity::error, "permission denied"},
      {"DockerHangs", healthy_host,
       [](Probe& p) {
         silence(p, "no answer within 5 s");
         docker(p).timed_out = true;
       },
       "engine.docker.hung", Severity::error, "5 s"},
      {"DockerDesktop", healthy_host, [](Probe& p) { docker(p).operating_system = "Docker Desktop"; },
       "docker-desktop-linux-context", Severity::warning, "virtual machine"},
      {"RootlessDockerByHook", healthy_host,
       [](Probe& p) {
         docker(p).rootless = true;
         p.cdi.clear();
       },
       "rootless-bpf-not-permitted", Severity::warning, "no-cgroups"},
      {"OldPodman", healthy_host,
       [](Probe& p) {
         EngineFacts podman;
         podman.name = "podman";
         podman.client_version = "4.9.3";
         podman.answers = true;
         p.engines.push_back(podman);
       },
       "podman-gpus-noop", Severity::info, "4.9.3"},
      {"PodmanFails", healthy_host,
       [](Probe& p) {
         EngineFacts podman;
         podman.name = "podman";
         podman.failure = "cannot find UID/GID for user";
         p.engines.push_back(podman);
       },
       "engine.podman.failed", Severity::warning, "cannot find UID"},
      {"PodmanWithoutUidmap", healthy_host,
       [](Probe& p) {
         EngineFacts podman;
         podman.name = "podman";
         podman.failure = "Error: command required for rootless mode with multiple IDs: exec: \"newuidmap\": executable "
                          "file not found in $PATH";
         p.engines.push_back(podman);
       },
       "podman-rootless-ids", Severity::warning, "sudo apt-get install uidmap"},
      {"NerdctlIsNamed", healthy_host,
       [](Probe& p) {
         EngineFacts nerdctl;
         nerdctl.name = "nerdctl";
         nerdctl.client_version = "nerdctl version 1.7.6";
         p.engines.push_back(nerdctl);
       },
       "engine.nerdctl", Severity::ok, "1.7.6"},
      // Toolkit and CDI
      {"NoToolkit", healthy_host, [](Probe& p) { p.toolkit = {}; }, "toolkit-missing", Severity::warning,
       "nvidia-ctk"},
      {"NoHook", healthy_host, [](Probe& p) { p.toolkit.programs.erase("nvidia-container-runtime-hook"); },
       "toolkit.hook_missing", Severity::warning, "nvidia-container-runtime-hook"},
      {"NoCgroups", healthy_host, [](Probe& p) { p.toolkit.no_cgroups = true; }, "nvml-unknown-error-no-cgroups",
       Severity::warning, "no-cgroups"},
      {"RuntimeNotRegistered", healthy_host, [](Probe& p) { docker(p).runtimes = {"runc"}; },
       "runtime-unknown", Severity::info, "daemon.json"},
      {"DaemonJsonBroken", healthy_host,
       [](Probe& p) {
         p.toolkit.daemon_json = "/etc/docker/daemon.json";
         p.toolkit.daemon_json_failure = "it is not valid JSON";
       },
       "daemon-json-broken", Severity::warning, "will not start again"},
      {"DaemonJsonBrokenAndDockerDown", healthy_host,
       [](Probe& p) {
         silence(p, "Cannot connect to the Docker daemon");
         p.toolkit.daemon_json = "/etc/docker/daemon.json";
         p.toolkit.daemon_json_failure = "it is not valid JSON";
       },
       "daemon-json-broken", Severity::error, "Cannot connect to the Docker daemon"},
      {"StaleByVersion", healthy_host, [](Probe& p) { p.cdi[0].driver_versions = {"570.1.2"}; }, "cdi-stale-missing-lib",
       Severity::warning, "570.1.2"},
      {"StaleByNode", healthy_host, [](Probe& p) { p.cdi[0].missing_nodes = {"/dev/nvidia7"}; }, "cdi-stale-missing-lib",
       Severity::warning, "/dev/nvidia7"},
      {"StaleByFile", healthy_host, [](Probe& p) { p.cdi[0].missing_files = {"/usr/lib/libnvidia-x.so.1"}; },
       "cdi-stale-missing-lib", Severity::warning, "libnvidia-x"},
      {"HookGone", healthy_host, [](Probe& p) { p.cdi[0].missing_hooks = {"/usr/bin/nvidia-cdi-hook"}; },
       "cdi-hook-missing", Severity::warning, "nvidia-cdi-hook"},
      {"CdiBroken", healthy_host, [](Probe& p) { p.cdi[0].failure = "yaml-cpp: error at line 3"; },
       "cdi.unreadable", Severity::warning, "line 3"},
      {"NoCdi", healthy_host, [](Probe& p) { p.cdi.clear(); }, "cdi.none", Severity::info, "/etc/cdi"},
      {"DockerWithoutCdi", healthy_host,
       [](Probe& p) {
         docker(p).server_version = "24.0.7";
         docker(p).cdi_folders.clear();
       },
       "cdi-driver-not-enabled", Severity::info, "25.0"},
      {"CdiOptIn", healthy_host,
       [](Probe& p) {
         docker(p).server_version = "27.5.1";
         docker(p).cdi_folders.clear();
       },
       "cdi-driver-not-enabled", Severity::info, "27.5.1"},
      // Image and access
      {"NoImage", healthy_host,
       [](Probe& p) {
         p.images[0].present = false;
         p.access = {
             {"docker:--gpus=all", "not looked", "image cuparity:0.1.0 is not there for docker", {}, -1, ""}};
       },
       "image.missing", Severity::warning, "cuparity:0.1.0"},
      {"AccessToolkitMissing", healthy_host,
       [](Probe& p) {
         p.access = {
             failed_access("docker: Error response from daemon: could not select device driver \"\" with "
                           "capabilities: [[gpu]].")};
       },
       "toolkit-missing", Severity::error, "could not select device driver"},
      {"AccessCdiOff", healthy_host,
       [](Probe& p) {
         p.access = {failed_access("could not select device driver \"cdi\" with capabilities: []")};
       },
       "cdi-driver-not-enabled", Severity::error, "25.0"},
      {"AccessRuntimeUnknown", healthy_host,
       [](Probe& p) { p.access = {failed_access("Unknown runtime specified nvidia.")}; },
       "runtime-unknown", Severity::error, "runtime"},
      {"AccessUnresolvable", healthy_host,
       [](Probe& p) {
         p.access = {
             failed_access("CDI device injection failed: unresolvable CDI devices nvidia.com/gpu=all")};
       },
       "cdi-unresolvable-docker", Severity::error, "nvidia.com/gpu=all"},
      {"ImageWithoutAShell", healthy_host,
       [](Probe& p) {
         p.access = {failed_access("docker: Error response from daemon: runc create failed: unable to start container "
                                   "process: exec: \"/bin/sh\": stat /bin/sh: no such file or directory: unknown")};
       },
       "access.image_without_shell", Severity::error, "cuparity access --image cuparity:0.1.0"},
      {"ImageWithoutAShellInPodmansWords", healthy_host,
       [](Probe& p) {
         p.access = {failed_access("Error: crun: executable file `/bin/sh` not found in $PATH: No such file or "
                                   "directory: OCI runtime attempted to invoke a command that was not found")};
       },
       "access.image_without_shell", Severity::error, "no /bin/sh"},
      {"GpuAskedForWhereNoneIs", host_without_gpu,
       [](Probe& p) {
         p.access = {failed_access("docker: Error response from daemon: could not select device driver \"\" with "
                                   "capabilities: [[gpu]].")};
       },
       "access.no_gpu_here", Severity::error, "no NVIDIA GPU in this machine"},
      {"NoGpuAskedForWhereNoneIs", host_without_gpu,
       [](Probe& p) { p.access = {{"docker:--ipc=wrong", "failed", "invalid IPC mode: wrong", {}, -1, ""}}; }, "access.failed",
       Severity::error, "docker:--ipc=wrong does not work here"},
      {"NoGpuAskedForNoneSeen", host_without_gpu,
       [](Probe& p) { p.access = {{"docker:--ipc=host", "ok", "", {}, 0, "NVML"}}; }, "access.ok", Severity::ok,
       "without a GPU starts (docker:--ipc=host)"},
      {"AccessUnknownWords", healthy_host, [](Probe& p) { p.access = {failed_access("something new")}; },
       "access.failed", Severity::error, "something new"},
      {"OneModeOfTwoWorks", healthy_host,
       [](Probe& p) { p.access.push_back(failed_access("something new")); }, "access.failed",
       Severity::warning, "something new"},
      {"ContainerHangs", healthy_host,
       [](Probe& p) {
         p.access = {{"docker:manual", "hung", "the container did not end within 20 s", {}, -1, ""}};
       },
       "access.hung", Severity::error, "20 s"},
      {"NoGpuInside", healthy_host, [](Probe& p) { p.access[0].gpu_count = 0; }, "access.no_gpu_inside",
       Severity::error, "0 GPUs by NVML"},
      {"FewerInside", healthy_host,
       [](Probe& p) {
         p.nvml.gpus.push_back(p.nvml.gpus[0]);
         p.cuda.device_count = 2;
       },
       "access.fewer_gpus", Severity::warning, "1 of the host's 2"},
      {"UnaskedGpu", host_without_gpu, [](Probe& p) { p.access[0].gpu_count = 1; }, "unrequesting-pod-sees-all",
       Severity::error, "not asked for"},
      // Inside a container
      {"InsideWithoutGpu", inside_container,
       [](Probe& p) {
         p.driver.nodes.clear();
         p.nvml = {"failed", "can't be loaded", "", "", "", {}};
         p.cuda = {"failed", "", "", 0, 0, -1};
         p.inside.injection_path = "none";
         p.inside.variables["NVIDIA_VISIBLE_DEVICES"] = "all";
       },
       "container.no_gpu", Severity::warning, "NVIDIA_VISIBLE_DEVICES=all"},
      {"SmallShmWithTwoGpus", inside_container,
       [](Probe& p) {
         p.nvml.gpus.push_back(p.nvml.gpus[0]);
         p.cuda.device_count = 2;
       },
       "nccl-shm-too-small", Severity::warning, "64 MiB"},
      {"Memlock", inside_container, [](Probe& p) { p.inside.memlock_limit = "65536"; }, "memlock-limit",
       Severity::info, "64 KiB"},
      {"DriverInImage", inside_container, [](Probe& p) { p.inside.driver_library_mounts.clear(); },
       "image-ships-driver-libs-file-exists", Severity::warning, "part of the image"},
  };
  return all;
}

class Checks : public testing::TestWithParam<Case> {};

TEST_P(Checks, NamesTheCause) {
  const Case& test = GetParam();
  Probe probe = test.start();
  test.change(probe);
  const DoctorReport report = diagnose(probe);
  const auto found = std::find_if(report.findings.begin(), report.findings.end(),
                                  [&](const Finding& finding) { return finding.id == test.id; });
  ASSERT_NE(found, report.findings.end()) << to_json(report).dump(1);
  EXPECT_EQ(static_cast<int>(found->severity), static_cast<int>(test.severity));
  EXPECT_THAT(found->summary + found->cause + found->evidence + testing::PrintToString(found->fix),
              HasSubstr(test.evidence));
  const KnownProblem* known = find_problem(found->id);
  if (known) {
    EXPECT_EQ(found->check, known->check);
  }
  if (test.severity > Severity::info) {
    EXPECT_FALSE(found->cause.empty());
    EXPECT_FALSE(found->fix.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(All, Checks, testing::ValuesIn(cases()),
                         [](const testing::TestParamInfo<Case>& test) {
                           return std::string(test.param.name);
                         });

}  // namespace
}  // namespace cuparity
