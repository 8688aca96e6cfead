// What a finding says and advises depends on where it is found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/doctor/checks/example_probe.hpp"
#include "harness/doctor/diagnose.hpp"
#include "harness/doctor/from_text.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"

namespace cuparity {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// Empty where there is none.
Finding find(const Probe& probe, const std::string& id) {
  const DoctorReport report = diagnose(probe);
  const auto found = std::find_if(report.findings.begin(), report.findings.end(),
                                  [&](const Finding& finding) { return finding.id == id; });
  return found == report.findings.end() ? Finding{} : *found;
}

TEST(CheckNodes, AGroupIsJoinedOnlyWhereThatHelps) {
  const auto steps = [](const char* mode, int group) {
    Probe probe = healthy_host();
    probe.driver.nodes[0] = {"/dev/nvidia0", mode, 0, group, "EACCES"};
    return find(probe, "nvml-permission-nonroot").fix;
  };
  EXPECT_THAT(steps("0660", 44), Contains(HasSubstr("usermod -aG $(stat -c %G /dev/nvidia0)")));
  for (const auto& fix : {steps("0600", 0), steps("0660", 0), steps("0600", 44), steps("0640", 44)})
    EXPECT_THAT(fix, ElementsAre(HasSubstr("NVreg_DeviceFileMode=0666")));
}

TEST(CheckRootless, TheUsersFileIsWhereXdgConfigHomeSays) {
  Probe probe = healthy_host();
  probe.engines.front().rootless = true;
  const char* text = "nvidia-container-cli: mount error: failed to add device rules: "
                     "bpf_prog_query(BPF_CGROUP_DEVICE) failed: operation not permitted";
  const DoctorReport report = diagnose_text(text, &probe);
  ASSERT_FALSE(report.findings.empty());
  const std::vector<std::string>& fix = report.findings.front().fix;
  EXPECT_THAT(fix, Contains(HasSubstr("--output=${XDG_CONFIG_HOME:-$HOME/.config}/nvidia-container-runtime/config.toml")));
  EXPECT_THAT(fix, Not(Contains(HasSubstr("--output=$HOME/.config"))));
}

TEST(CheckNvml, OnlyALibraryThatIsNotThereLacksTheCapability) {
  const auto blames_capability = [](const char* injection, const char* failure, int result, bool library) {
    Probe probe = inside_container();
    probe.inside.injection_path = injection;
    probe.inside.variables["NVIDIA_DRIVER_CAPABILITIES"] = "compute";
    probe.nvml = {"failed", failure, "", "", "", {}, result};
    if (library) probe.driver.libraries.push_back({"/usr/lib/libnvidia-ml.so.1", "/usr/lib/libnvidia-ml.so.1", "", 9});
    return find(probe, "nvml.failed").summary.find("capability utility") != std::string::npos;
  };
  const char* not_found = "libnvidia-ml.so.1 can't be loaded: cannot open shared object file";
  EXPECT_TRUE(blames_capability("legacy", not_found, 0, false));
  EXPECT_FALSE(blames_capability("legacy", "nvmlInit: Driver/library version mismatch (NVML error 18)", 18, false));
  EXPECT_FALSE(blames_capability("legacy", "libnvidia-ml.so.1 can't be loaded: file too short", 0, true));
  EXPECT_FALSE(blames_capability("cdi", not_found, 0, false));
}

TEST(CheckNvml, AMismatchIsKnownByNvmlsCode) {
  const auto fix = [](const char* failure, int result) {
    Probe probe = healthy_host();
    probe.nvml = {"failed", failure, "", "", "", {}, result};
    return find(probe, "nvml.failed").fix;
  };
  EXPECT_THAT(fix("nvmlInit: NVML error 18", 18), ElementsAre(HasSubstr("reboot"))) << "an old library has no words for it";
  EXPECT_THAT(fix("nvmlInit: NVML error 77 (mismatch)", 77), ElementsAre(HasSubstr("nvidia-smi")));
}

TEST(CheckDriverLibraries, AHostIsNoContainer) {
  for (const bool inside : {false, true}) {
    Probe probe = inside ? inside_container() : healthy_host();
    probe.driver.libraries.clear();
    probe.cuda = {"failed", "libcuda.so.1: cannot open shared object file", "", 0, 0, -1};
    const Finding finding = find(probe, "libcuda-missing");
    EXPECT_EQ(finding.summary.find("container") != std::string::npos, inside) << finding.summary;
    EXPECT_EQ(finding.cause.find("No GPU was asked for") != std::string::npos, inside) << finding.cause;
  }
}

TEST(CheckToolkit, AHookThatIsInstalledNeedsARestartAlone) {
  Probe probe = healthy_host();
  probe.toolkit.hook_on_daemon_path = "yes";
  probe.toolkit.hook_newer_than_daemon = true;
  EXPECT_THAT(find(probe, "toolkit-missing").fix, ElementsAre("sudo systemctl restart docker"));
  probe.engines.front().rootless = true;
  EXPECT_THAT(find(probe, "toolkit-missing").fix, ElementsAre("systemctl --user restart docker"));
  probe.engines.front().rootless = false;
  probe.toolkit.hook_on_daemon_path = "no";
  EXPECT_THAT(find(probe, "toolkit-missing").fix,
              ElementsAre(HasSubstr("# [Service] Environment=PATH=/usr/bin:"), "sudo systemctl restart docker"));
}

TEST(CheckToolkit, TheHookOfCdiIsNoneForADockerBefore29) {
  Probe probe = healthy_host();
  probe.toolkit.programs.erase("nvidia-container-runtime-hook");
  probe.toolkit.programs["nvidia-cdi-hook"] = "/usr/bin/nvidia-cdi-hook";
  probe.toolkit.hook_on_daemon_path = "yes";
  probe.engines.front().server_version = "28.3.0";
  probe.engines.front().cdi_devices.clear();
  EXPECT_THAT(known_finding("toolkit-missing", Severity::error, "", &probe).fix,
              Contains(HasSubstr("apt-get install nvidia-container-toolkit")));
  probe.engines.front().server_version = "29.2.0";
  EXPECT_THAT(known_finding("toolkit-missing", Severity::error, "", &probe).fix, ElementsAre("sudo systemctl restart docker"));
}

TEST(CheckDocker, ABrokenDaemonJsonIsPutAsideWhereItLies) {
  Probe probe = healthy_host();
  const auto aside = [&](const char* file) {
    probe.toolkit.daemon_json = file;
    return known_finding("daemon-json-broken", Severity::error, "", &probe).fix.back();
  };
  EXPECT_THAT(aside("/etc/docker/daemon.json"),
              HasSubstr("&& sudo nvidia-ctk runtime configure --runtime=docker --config=/etc/docker/daemon.json; sudo systemctl "
                        "reset-failed docker; sudo systemctl restart docker"));
  EXPECT_THAT(aside("$HOME/.config/docker/daemon.json"),
              HasSubstr("; systemctl --user reset-failed docker; systemctl --user restart docker"));
  probe.engines.front().path = "/snap/bin/docker";  // its dockerd does not see the host's toolkit
  EXPECT_THAT(aside("/var/snap/docker/current/config/daemon.json"), Not(HasSubstr("nvidia-ctk")));
}

TEST(CheckToolkit, ARootlessDockerIsToldOfItsRuntimeInTheUsersFile) {
  Probe probe = healthy_host();
  probe.engines.front().runtimes = {"runc"};
  EXPECT_THAT(find(probe, "runtime-unknown").fix, Contains("sudo nvidia-ctk runtime configure --runtime=docker"));
  probe.engines.front().rootless = true;
  EXPECT_THAT(find(probe, "runtime-unknown").fix,
              ElementsAre(HasSubstr("--config=${XDG_CONFIG_HOME:-$HOME/.config}/docker/daemon.json"), "systemctl --user restart docker"));
  const auto nvidia_ctk = probe.toolkit.programs.extract("nvidia-ctk");
  EXPECT_THAT(known_finding("runtime-unknown", Severity::error, "", &probe).fix.at(0),
              HasSubstr("apt-get install nvidia-container-toolkit"));
  probe.toolkit.nvidia_runtime = true;  // it was told already
  EXPECT_THAT(known_finding("runtime-unknown", Severity::error, "", &probe).fix, ElementsAre("systemctl --user restart docker"));
}

TEST(CheckDocker, WhatIsSetHereIsUnsetFirst) {
  const auto fix = [](const char* host, const char* context) {
    Probe probe = healthy_host();
    probe.engines.front().answers = false;
    probe.engines.front().failure = "Cannot connect to the Docker daemon";
    probe.engines.front().host = host;
    probe.engines.front().context = context;
    return find(probe, "docker-not-running").fix.at(0);
  };
  EXPECT_EQ(fix("", "default"), "sudo systemctl start docker");
  EXPECT_THAT(fix("tcp", "default"), HasSubstr("unset DOCKER_HOST"));
  EXPECT_THAT(fix("", "gpubox"), HasSubstr("docker context use default"));
  EXPECT_EQ(fix("unix:///run/user/1000/docker.sock", "default"), "systemctl --user start docker");
}

TEST(CheckDriver, AGpuOfAVirtualMachineNeedsNoModuleHere) {
  Probe probe = healthy_host();
  probe.driver.module_loaded = false;
  probe.driver.module_file = "/lib/modules/6.8.0-60-generic/updates/dkms/nvidia.ko";
  probe.kernel_settings.secure_boot = "on";
  probe.driver.pci_gpus = {{"0000:65:00.0", "0x2335", "vfio-pci"}};
  EXPECT_EQ(find(probe, "driver-module-not-signed").id, "");
  probe.driver.module_file = "";
  probe.driver.other_kernels = {"6.8.0-59-generic"};
  EXPECT_EQ(find(probe, "driver-module-not-built").id, "");
  probe.driver.pci_gpus.push_back({"0000:66:00.0", "0x2335", ""});
  EXPECT_EQ(find(probe, "driver-module-not-built").id, "driver-module-not-built");
  probe.driver.pci_gpus.pop_back();
  probe.driver.module_loaded = true;
  probe.nvml.gpus.clear();
  EXPECT_EQ(find(probe, "gpu-not-initialised").id, "");
}

/// With -u nvidia-modprobe makes /dev/nvidia-uvm alone, whatever number -c names.
TEST(CheckDeviceNodes, TheCommandMakesTheGpusNodesToo) {
  Probe probe = healthy_host();
  std::erase_if(probe.driver.nodes, [](const DeviceNode& node) { return node.path != "/dev/nvidia-uvm"; });
  for (const Finding& finding : {find(probe, "nodes.missing"), known_finding("device-node-missing", Severity::error, "", nullptr)})
    EXPECT_THAT(finding.fix.at(0), HasSubstr("nvidia-modprobe -c 255 -c 0 &&")) << finding.id;
}

TEST(CheckPodman, ItsOwnWordsAreKnown) {
  Probe probe = healthy_host();
  EngineFacts podman;
  podman.name = "podman";
  podman.failure = "cannot find UID/GID for user u: no subuid ranges found for user \"u\" in /etc/subuid";
  probe.engines.push_back(podman);
  EXPECT_THAT(find(probe, "podman-rootless-ids").fix, Contains(HasSubstr("--add-subuids")));
  probe.engines.back().failure = "something else";
  EXPECT_EQ(find(probe, "engine.podman.failed").evidence, "something else");
}

/// A dev container, an image for CI: the client is there, its engine is elsewhere.
TEST(CheckDocker, AClientInAContainerIsNoError) {
  Probe probe = inside_container();
  for (const char* name : {"docker", "podman"}) {
    EngineFacts engine;
    engine.name = name;
    engine.failure = "Cannot connect";
    probe.engines.push_back(engine);
  }
  const Finding docker = find(probe, "docker-not-running");
  EXPECT_EQ(static_cast<int>(docker.severity), static_cast<int>(Severity::info));
  EXPECT_THAT(docker.fix, ElementsAre(HasSubstr("-v /var/run/docker.sock")));
  EXPECT_EQ(static_cast<int>(find(probe, "engine.podman.failed").severity), static_cast<int>(Severity::info));
  EXPECT_EQ(find(probe, "podman-rlimit-not-permitted").id, "");
}

TEST(CheckDocker, ADockerBeforeCdiIsNotToldToSwitchItOn) {
  Probe probe = healthy_host();
  probe.engines.front().server_version = "20.10.24+dfsg1";
  probe.engines.front().cdi_folders.clear();
  EXPECT_THAT(find(probe, "cdi-driver-not-enabled").fix.at(0), HasSubstr("docker run --gpus all"));
  probe.engines.front().server_version = "27.3.1";
  EXPECT_THAT(find(probe, "cdi-driver-not-enabled").fix.at(0), HasSubstr("\"cdi\": true"));
}

TEST(CheckDriverLibraries, ACodeOfNvmlsIsNoLibraryThatWasNotFound) {
  Probe probe = healthy_host();
  probe.inside.loader_cache = "lacks";
  probe.nvml = {"failed", "nvmlInit: NVML error 999", "", "", "", {}, 999};
  EXPECT_EQ(find(probe, "ldcache-not-updated").id, "");
  probe.nvml = {"failed", "libnvidia-ml.so.1 can't be loaded", "", "", "", {}, 0};
  EXPECT_EQ(find(probe, "ldcache-not-updated").id, "ldcache-not-updated");
}

TEST(CheckNvml, ACodeIsToldWithWhatToDo) {
  Probe probe = healthy_host();
  const auto found = [&](int result) {
    probe.nvml = {"failed", "nvmlInit: NVML error " + std::to_string(result), "", "", "", {}, result};
    return find(probe, "nvml.failed");
  };
  EXPECT_THAT(found(4).cause, HasSubstr("may not open"));
  EXPECT_THAT(found(4).fix, Contains(HasSubstr("ls -l /dev/nvidia")));
  EXPECT_THAT(found(9).fix, Contains(HasSubstr("modprobe nvidia")));
  EXPECT_THAT(found(12).fix, Contains(HasSubstr("ldconfig -p")));
  EXPECT_THAT(found(999).fix, Contains(HasSubstr("dmesg")));
  EXPECT_THAT(found(18).cause, HasSubstr("different versions"));
  EXPECT_THAT(found(77).cause, HasSubstr("See the findings"));
  probe.inside.container = "docker";
  EXPECT_THAT(found(9).fix, Contains(testing::StartsWith("on the host: ")));
}

TEST(CheckAccess, OneCauseIsToldOnce) {
  Probe probe = healthy_host();
  probe.toolkit = {};
  probe.access = {{"docker:--gpus=all", "failed", "could not select device driver \"\" with capabilities: [[gpu]]", {}, -1, ""}};
  const DoctorReport report = diagnose(probe);
  const auto of_it = std::count_if(report.findings.begin(), report.findings.end(),
                                   [](const Finding& finding) { return finding.id == "toolkit-missing"; });
  EXPECT_EQ(of_it, 1);
  EXPECT_THAT(find(probe, "toolkit-missing").summary, testing::StartsWith("docker:--gpus=all does not work here"));
}

TEST(CheckAccess, PodmanHasNoDaemonThatStartsTooEarly) {
  Probe probe = healthy_host();
  probe.cdi[0].newer_than_daemon = true;
  probe.cdi[0].kind = "nvidia.com/GPU";
  const auto cause = [&](const char* words) {
    return diagnose_text(words, &probe).text["causes"].at(0).get<std::string>();
  };
  EXPECT_EQ(cause("Error: setting up CDI devices: unresolvable CDI devices nvidia.com/gpu=all"), "cdi-unresolvable-docker");
  EXPECT_EQ(cause("CDI device injection failed: unresolvable CDI devices nvidia.com/gpu=all"), "cdi-unresolvable-docker");
  probe.cdi[0].kind = "nvidia.com/gpu";
  EXPECT_EQ(cause("Error: setting up CDI devices: unresolvable CDI devices nvidia.com/gpu=all"), "cdi-unresolvable-docker");
}

TEST(CheckCdi, AFileThatOthersMayReadIsMadeReadable) {
  Probe probe = healthy_host();
  probe.cdi[0].failure = unreadable_by_this_user;
  EXPECT_THAT(find(probe, "cdi.unreadable").fix, Contains("sudo chmod a+r /etc/cdi/nvidia.yaml"));
}

TEST(CheckToolkit, WithoutDockerNothingIsSaidOfIt) {
  Probe probe = healthy_host();
  probe.toolkit = {};
  EXPECT_THAT(find(probe, "toolkit-missing").fix, Contains("sudo systemctl restart docker"));
  for (const bool podman : {true, false}) {
    if (podman) probe.engines.front().name = "podman";
    else probe.engines.clear();
    const Finding finding = find(probe, "toolkit-missing");
    for (const std::string& text : {finding.summary, finding.cause, finding.check, testing::PrintToString(finding.fix)})
      EXPECT_THAT(text, Not(testing::ContainsRegex("[Dd]ocker")));
    EXPECT_THAT(finding.fix, Contains(HasSubstr("apt-get install nvidia-container-toolkit")));
  }
}

}  // namespace
}  // namespace cuparity
