// Gathering from a folder that stands for "/" and from recorded outputs of programs.
#include "harness/doctor/gather.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/doctor/gather_fixture.hpp"

namespace cuparity {
namespace {

using Gather = GatherFixture;

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

TEST_F(Gather, ProgramsAreFoundInPath) {
  install("docker");
  root_.write("usr/bin/not-executable");
  EXPECT_EQ(find_program(sources_, "docker"), "/usr/bin/docker");
  EXPECT_EQ(find_program(sources_, "not-executable"), "");
  EXPECT_EQ(find_program(sources_, "podman"), "");
}

TEST_F(Gather, PciGpusWithoutADriver) {
  root_.write("sys/bus/pci/devices/0000:65:00.0/vendor", "0x10de\n");
  root_.write("sys/bus/pci/devices/0000:65:00.0/class", "0x030200\n");
  root_.write("sys/bus/pci/devices/0000:65:00.0/device", "0x2335\n");
  root_.write("sys/bus/pci/devices/0000:65:00.1/vendor", "0x10de\n");
  root_.write("sys/bus/pci/devices/0000:65:00.1/class", "0x040300\n");  // its audio
  root_.write("sys/bus/pci/devices/0000:00:02.0/vendor", "0x8086\n");
  root_.write("sys/bus/pci/devices/0000:00:02.0/class", "0x030000\n");
  gather_driver(sources_, probe_);
  ASSERT_EQ(probe_.driver.pci_gpus.size(), 1U);
  EXPECT_EQ(probe_.driver.pci_gpus[0].address, "0000:65:00.0");
  EXPECT_EQ(probe_.driver.pci_gpus[0].driver, "");
  EXPECT_FALSE(probe_.driver.module_loaded);
}

TEST_F(Gather, DriverNodesAndLibraries) {
  root_.write("sys/bus/pci/devices/0000:65:00.0/vendor", "0x10de\n");
  root_.write("sys/bus/pci/devices/0000:65:00.0/class", "0x030000\n");
  std::filesystem::create_directories(root_.path() / "sys/bus/pci/drivers/nvidia");
  std::filesystem::create_symlink("../../drivers/nvidia",
                                  root_.path() / "sys/bus/pci/devices/0000:65:00.0/driver");
  root_.write("sys/module/nvidia/version", "580.159.04\n");
  root_.write("sys/module/nvidia_uvm/version", "");
  for (const char* node : {"dev/nvidia0", "dev/nvidiactl", "dev/nvidia-uvm"}) root_.write(node);
  root_.write("usr/lib/x86_64-linux-gnu/libcuda.so.570.1.2", "elf");
  std::filesystem::create_symlink("libcuda.so.570.1.2",
                                  root_.path() / "usr/lib/x86_64-linux-gnu/libcuda.so.1");
  gather_driver(sources_, probe_);
  EXPECT_EQ(probe_.driver.pci_gpus[0].driver, "nvidia");
  EXPECT_TRUE(probe_.driver.module_loaded);
  EXPECT_EQ(probe_.driver.module_version, "580.159.04");
  EXPECT_TRUE(probe_.driver.uvm_loaded);
  EXPECT_EQ(probe_.driver.nodes.size(), 3U);
  ASSERT_EQ(probe_.driver.libraries.size(), 1U);
  EXPECT_EQ(probe_.driver.libraries[0].real_path, "/usr/lib/x86_64-linux-gnu/libcuda.so.570.1.2");
  EXPECT_EQ(probe_.driver.libraries[0].version, "570.1.2");
}

TEST_F(Gather, LooksComeFromChildren) {
  probe_.driver.nodes = {{"/dev/nvidia0", "0666", 0, 0, ""}, {"/dev/nvidiactl", "0666", 0, 0, ""}};
  answers_ = {
      {"look nvml",
       {0, false,
        "a warning\n{\"outcome\":\"ok\",\"driver_version\":\"580.1\",\"gpus\":[{\"name\":\"H200\"}]}\n"}},
      {"look cuda", {139, false, ""}},
      {"look nodes",
       {0, false, R"({"outcome":"ok","opening":{"/dev/nvidia0":"ok","/dev/nvidiactl":"EPERM"}})"}}};
  gather_looks(sources_, probe_);
  EXPECT_EQ(probe_.nvml.outcome, "ok");
  EXPECT_EQ(probe_.nvml.gpus.at(0).name, "H200");
  EXPECT_EQ(probe_.cuda.outcome, "crashed");
  EXPECT_EQ(probe_.cuda.failure, "ended by signal 11");
  EXPECT_EQ(probe_.driver.nodes[1].opening, "EPERM");
}

TEST_F(Gather, AHangingDriverIsAFact) {
  probe_.driver.nodes = {{"/dev/nvidia0", "0666", 0, 0, ""}};
  answers_ = {{"look", {137, true, ""}}};
  gather_looks(sources_, probe_);
  EXPECT_EQ(probe_.nvml.outcome, "hung");
  EXPECT_EQ(probe_.cuda.outcome, "hung");
  EXPECT_THAT(probe_.not_looked, ElementsAre(HasSubstr("opening the device nodes")));
}

TEST_F(Gather, DockerAnswers) {
  install("docker");
  answers_ = {
      {"docker version", {0, false, R"({"Client":{"Version":"29.7.2"},"Server":{"Version":"29.7.2"}})"}},
      {"docker info",
       {0, false,
        "{\"CgroupVersion\":\"2\",\"CgroupDriver\":\"systemd\",\"SecurityOptions\":[\"name=rootless\"],"
        "\"Runtimes\":{\"nvidia\":{},\"runc\":{}},\"CDISpecDirs\":[\"/etc/cdi\"],"
        "\"DiscoveredDevices\":[{\"Source\":\"cdi\",\"ID\":\"nvidia.com/gpu=0\"}]}\nWARNING: No swap limit "
        "support"}}};
  gather_engines(sources_, probe_);
  ASSERT_EQ(probe_.engines.size(), 1U);
  EXPECT_TRUE(probe_.engines[0].answers);
  EXPECT_TRUE(probe_.engines[0].rootless);
  EXPECT_THAT(probe_.engines[0].runtimes, ElementsAre("nvidia", "runc"));
  EXPECT_THAT(probe_.engines[0].cdi_devices, ElementsAre("nvidia.com/gpu=0"));
}

TEST_F(Gather, DockerInItsOwnWordsWhereItDoesNotAnswer) {
  install("docker");
  answers_ = {
      {"docker version",
       {1, false,
        "{\"Client\":{\"Version\":\"20.10.24\"},\"Server\":null}\nCannot connect to the Docker daemon at "
        "unix:///var/run/docker.sock. Is the docker daemon running?\n"}}};
  gather_engines(sources_, probe_);
  EXPECT_FALSE(probe_.engines[0].answers);
  EXPECT_EQ(probe_.engines[0].client_version, "20.10.24");
  EXPECT_THAT(probe_.engines[0].failure, HasSubstr("Is the docker daemon running?"));
  EXPECT_FALSE(probe_.engines[0].permission_denied);

  probe_ = {};
  answers_ = {{"docker version",
               {1, false, "Got permission denied while trying to connect to the Docker daemon socket"}}};
  gather_engines(sources_, probe_);
  EXPECT_TRUE(probe_.engines[0].permission_denied);

  probe_ = {};
  answers_ = {{"docker version", {137, true, ""}}};
  gather_engines(sources_, probe_);
  EXPECT_TRUE(probe_.engines[0].timed_out);
}

TEST_F(Gather, PodmanAndTheOthers) {
  for (const char* program : {"podman", "docker-compose", "nerdctl", "apptainer"}) install(program);
  answers_ = {{"podman version", {0, false, "4.3.1\n"}},
              {"podman info", {0, false, "true v2 systemd\n"}},
              {"docker-compose version", {0, false, "1.29.2\n"}},
              {"nerdctl --version", {0, false, "nerdctl version 1.7.6\n"}},
              {"apptainer --version", {0, false, "apptainer version 1.3.2\n"}}};
  gather_engines(sources_, probe_);
  ASSERT_EQ(probe_.engines.size(), 4U);
  EXPECT_TRUE(probe_.engines[0].rootless);
  EXPECT_EQ(probe_.engines[0].cgroup_version, "2");
  EXPECT_EQ(probe_.engines[1].client_version, "1.29.2");
}

TEST_F(Gather, PodmanUnderDockersNameIsNoDocker) {
  install("docker");
  answers_ = {{"docker version", {0, false, R"({"Client": {"Version": "4.3.1"}})"}},
              {"docker --version", {0, false, "podman version 4.3.1\n"}}};
  gather_engines(sources_, probe_);
  EXPECT_FALSE(probe_.engines[0].answers);
  EXPECT_EQ(probe_.engines[0].failure, "it is Podman under Docker's name");
}

TEST_F(Gather, PodmanThatCannotSetItselfUpHasAVersionAllTheSame) {
  install("podman");
  answers_ = {{"podman version", {125, false, "Error: exec: \"newuidmap\": executable file not found in $PATH\n"}},
              {"podman info", {125, false, "Error: exec: \"newuidmap\": executable file not found in $PATH\n"}},
              {"podman --version", {0, false, "podman version 4.3.1\n"}}};
  gather_engines(sources_, probe_);
  EXPECT_EQ(probe_.engines[0].client_version, "4.3.1");
  EXPECT_FALSE(probe_.engines[0].answers);
}

TEST_F(Gather, ToolkitConfigurationIsRead) {
  for (const char* program : {"nvidia-ctk", "nvidia-container-runtime-hook"}) install(program);
  root_.write(
      "etc/nvidia-container-runtime/config.toml",
      "[nvidia-container-cli]\n#no-cgroups = false\nno-cgroups = true # for rootless\n\n"
      "[nvidia-container-runtime]\nmode = \"cdi\"\n[nvidia-container-runtime.modes.csv]\nmode = \"x\"\n");
  root_.write("etc/docker/daemon.json",
              R"({"runtimes": {"nvidia": {"path": "x"}}, "features": {"cdi": true}})");
  answers_ = {{"/usr/bin/nvidia-ctk --version",
               {0, false, "NVIDIA Container Toolkit CLI version 1.19.1\ncommit: 1"}}};
  gather_toolkit(sources_, probe_);
  EXPECT_EQ(probe_.toolkit.version, "1.19.1");
  EXPECT_TRUE(probe_.toolkit.no_cgroups);
  EXPECT_EQ(probe_.toolkit.mode, "cdi");
  EXPECT_TRUE(probe_.toolkit.nvidia_runtime);
  EXPECT_EQ(probe_.toolkit.cdi_feature, "true");
  EXPECT_EQ(probe_.toolkit.programs.size(), 2U);
}

TEST_F(Gather, TheConfigurationOfARootlessEngineIsTheUsersWhereXdgSaysSo) {
  root_.write("etc/nvidia-container-runtime/config.toml", "no-cgroups = false\n");
  root_.write("home/u/.config/nvidia-container-runtime/config.toml", "no-cgroups = true\n");
  probe_.engines.emplace_back().name = "docker";
  probe_.engines[0].rootless = true;
  gather_toolkit(sources_, probe_);
  EXPECT_FALSE(probe_.toolkit.no_cgroups);
  EXPECT_EQ(probe_.toolkit.config_file, "/etc/nvidia-container-runtime/config.toml");
  sources_.variables["XDG_CONFIG_HOME"] = "/home/u/.config";
  gather_toolkit(sources_, probe_);
  EXPECT_TRUE(probe_.toolkit.no_cgroups);
  EXPECT_EQ(probe_.toolkit.config_file, "$XDG_CONFIG_HOME/nvidia-container-runtime/config.toml");
  probe_.engines[0].rootless = false;
  probe_.toolkit = {};
  gather_toolkit(sources_, probe_);
  EXPECT_FALSE(probe_.toolkit.no_cgroups);
}

TEST_F(Gather, BrokenDaemonJsonIsAFact) {
  root_.write("etc/docker/daemon.json", R"({"runtimes": {"nvidia": )");
  gather_toolkit(sources_, probe_);
  EXPECT_EQ(probe_.toolkit.daemon_json_failure, "it is not valid JSON");
  root_.write("etc/docker/daemon.json", R"({"runtimes": "x", "features": []})");
  probe_ = {};
  gather_toolkit(sources_, probe_);
  EXPECT_EQ(probe_.toolkit.daemon_json_failure, "");
}

TEST_F(Gather, CdiSpecificationsAreComparedWithTheMachine) {
  root_.write("dev/nvidia0");
  root_.write("etc/cdi/nvidia.yaml",
              "cdiVersion: 0.5.0\nkind: nvidia.com/gpu\n"
              "containerEdits:\n  deviceNodes:\n  - path: /dev/nvidiactl\n"
              "  hooks:\n  - hookName: createContainer\n    path: /usr/bin/nvidia-cdi-hook\n"
              "  mounts:\n  - hostPath: /usr/lib/x86_64-linux-gnu/libcuda.so.570.1.2\n    containerPath: /x\n"
              "devices:\n- name: \"0\"\n  containerEdits:\n    deviceNodes:\n    - path: /dev/nvidia0\n"
              "- name: all\n  containerEdits:\n    deviceNodes:\n    - path: /dev/nvidia0\n");
  root_.write("etc/cdi/broken.json", "{\"kind\": [");
  root_.write("etc/cdi/readme.txt", "no specification");
  gather_cdi(sources_, probe_);
  ASSERT_EQ(probe_.cdi.size(), 2U);
  EXPECT_THAT(probe_.cdi[0].failure, testing::Not(IsEmpty()));
  const CdiSpec& spec = probe_.cdi[1];
  EXPECT_EQ(spec.path, "/etc/cdi/nvidia.yaml");
  EXPECT_EQ(spec.failure, "");
  EXPECT_THAT(spec.devices, ElementsAre("0", "all"));
  EXPECT_THAT(spec.missing_nodes, ElementsAre("/dev/nvidiactl"));
  EXPECT_THAT(spec.missing_files, ElementsAre("/usr/lib/x86_64-linux-gnu/libcuda.so.570.1.2"));
  EXPECT_THAT(spec.missing_hooks, ElementsAre("/usr/bin/nvidia-cdi-hook"));
  EXPECT_THAT(spec.driver_versions, ElementsAre("570.1.2"));
}

TEST_F(Gather, FieldsThatACdiSpecificationDoesNotKnowAreNamedOnce) {
  root_.write("etc/cdi/x.json",
              R"({"cdiVersion": "0.5.0", "kind": "a.b/c", "vendor": 1, "devices": [
                 {"name": "0", "extra": 1, "containerEdits": {"deviceNodes": [{"path": "/dev/a", "hostpath": "/dev/b"}],
                  "mounts": [{"hostPath": "/m", "containerPath": "/m", "readonly": true}], "netDevices": []}},
                 {"name": "1", "extra": 2, "containerEdits": {"hooks": [{"hookName": "x", "path": "/h", "argv": []}]}}]})");
  gather_cdi(sources_, probe_);
  ASSERT_EQ(probe_.cdi.size(), 1U);
  EXPECT_THAT(probe_.cdi[0].unknown_fields,
              testing::UnorderedElementsAre("specification.vendor", "devices.extra", "deviceNodes.hostpath",
                                            "mounts.readonly", "hooks.argv"));
  EXPECT_FALSE(probe_.cdi[0].host_path_of_node);
}

TEST_F(Gather, KernelSettingsAreRead) {
  root_.write("sys/fs/selinux/enforce", "1");
  root_.write("sys/module/apparmor/parameters/enabled", "Y\n");
  root_.write("proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n");
  root_.write("proc/sys/kernel/yama/ptrace_scope", "2\n");
  root_.write("proc/sys/net/core/bpf_jit_harden", "2\n");
  root_.write("sys/power/suspend_stats/success", "3\n");
  root_.write("sys/fs/cgroup/cgroup.controllers", "cpu memory\n");
  root_.write("etc/nv_tegra_release", "# R36");
  root_.write("proc/cmdline", "root=/dev/sda1 intel_iommu=on quiet iommu=pt\n");
  gather_machine(sources_, probe_);
  const KernelFacts& kernel = probe_.kernel_settings;
  EXPECT_EQ(kernel.selinux, "enforcing");
  EXPECT_TRUE(kernel.apparmor);
  EXPECT_EQ(kernel.userns_restricted, 1);
  EXPECT_EQ(kernel.ptrace_scope, 2);
  EXPECT_EQ(kernel.bpf_jit_harden, 2);
  EXPECT_EQ(kernel.suspends, 3);
  EXPECT_EQ(kernel.cgroup_version, "2");
  EXPECT_TRUE(kernel.tegra);
  EXPECT_EQ(kernel.iommu, "intel_iommu=on iommu=pt");
}

TEST_F(Gather, KernelSettingsThatAreNotThereAreNotGuessed) {
  root_.write("proc/sys/kernel/yama/ptrace_scope", "many\n");
  std::filesystem::create_directories(root_.path() / "sys/fs/cgroup/memory");
  gather_machine(sources_, probe_);
  const KernelFacts& kernel = probe_.kernel_settings;
  EXPECT_EQ(kernel.selinux, "");
  EXPECT_FALSE(kernel.apparmor);
  EXPECT_EQ(kernel.ptrace_scope, -1);
  EXPECT_EQ(kernel.bpf_jit_harden, -1);
  EXPECT_EQ(kernel.cgroup_version, "1");
  EXPECT_EQ(kernel.iommu, "");
}

TEST_F(Gather, CudnnIsFoundInTheLoadersFolders) {
  sources_.variables["LD_LIBRARY_PATH"] = "/opt/cudnn/lib:/no/such/folder";
  root_.write("opt/cudnn/lib/libcudnn.so.9.14.0", "elf");
  root_.write("opt/cudnn/lib/libcudnn_ops.txt", "no library");
  root_.write("usr/lib/x86_64-linux-gnu/libcudnn_ops_infer.so.8", "elf");
  root_.write("home/libcudnn.so.7", "elf");
  std::filesystem::create_symlink("libcudnn.so.9.14.0", root_.path() / "opt/cudnn/lib/libcudnn.so.9");
  std::filesystem::create_symlink("gone", root_.path() / "opt/cudnn/lib/libcudnn_graph.so.9");
  gather_machine(sources_, probe_);
  EXPECT_THAT(probe_.inside.cudnn_libraries, ElementsAre("/opt/cudnn/lib/libcudnn.so.9.14.0",
                                                         "/usr/lib/x86_64-linux-gnu/libcudnn_ops_infer.so.8"));
}

TEST_F(Gather, TheLoadersCacheIsAsked) {
  answers_ = {{"ldconfig -p", {0, false, "\tlibnvidia-ml.so.1 (libc6,x86-64) => /usr/lib/libnvidia-ml.so.1\n"}}};
  gather_machine(sources_, probe_);
  EXPECT_EQ(probe_.inside.loader_cache, "has");
  answers_ = {{"ldconfig -p", {0, false, "\tlibc.so.6 (libc6,x86-64) => /usr/lib/libc.so.6\n"}}};
  gather_machine(sources_, probe_);
  EXPECT_EQ(probe_.inside.loader_cache, "lacks");
}

TEST_F(Gather, AptSourcesOfTheToolkitAreListedWithTheirKeys) {
  root_.write("etc/apt/sources.list.d/nvidia-container-toolkit.list",
              "deb [signed-by=/usr/share/keyrings/nvidia.gpg] https://nvidia.github.io/libnvidia-container/stable/deb/amd64 /\n");
  root_.write("etc/apt/sources.list.d/libnvidia-container.sources",
              "Types: deb\nURIs: https://nvidia.github.io/libnvidia-container/stable/ubuntu18.04/amd64\nSigned-By: /etc/apt/keyrings/old.asc\n");
  root_.write("etc/apt/sources.list.d/plain.list", "deb https://nvidia.github.io/nvidia-docker/ubuntu18.04/amd64 /\n");
  root_.write("etc/apt/sources.list.d/other.list", "deb https://example.org stable main\n");
  root_.write("etc/apt/sources.list.d/off.list.save", "deb https://nvidia.github.io/libnvidia-container/x /\n");
  gather_toolkit(sources_, probe_);
  EXPECT_THAT(probe_.toolkit.apt_sources,
              ElementsAre("/etc/apt/sources.list.d/libnvidia-container.sources signed-by /etc/apt/keyrings/old.asc",
                          "/etc/apt/sources.list.d/nvidia-container-toolkit.list signed-by /usr/share/keyrings/nvidia.gpg",
                          "/etc/apt/sources.list.d/plain.list signed-by no key"));
}

/// A dockerd started `ticks` after a boot at the second 1000, with this PATH.
class GatherDaemon : public Gather {
 protected:
  void start_dockerd(const std::string& path) {
    root_.write("proc/stat", "cpu 1 2 3\nbtime 1000\n");
    root_.write("proc/77/comm", "dockerd\n");
    root_.write("proc/77/stat", "77 (docker d) S 1 77 77 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0 500 1 2\n");
    root_.write("proc/77/environ", std::string("HOME=/root") + '\0' + "PATH=" + path + '\0');
    root_.write("proc/self/comm", "cuparity\n");
    root_.write("proc/78/comm", "bash\n");
  }
};

TEST_F(GatherDaemon, DockerdsPathIsWhereTheHookMustBe) {
  install("nvidia-container-runtime-hook");
  start_dockerd("/sbin:/usr/bin");
  const auto daemon = find_daemon(sources_);
  ASSERT_TRUE(daemon);
  EXPECT_THAT(daemon->search_path, ElementsAre("/sbin", "/usr/bin"));
  EXPECT_DOUBLE_EQ(daemon->started, 1000 + 500.0 / static_cast<double>(sysconf(_SC_CLK_TCK)));
  gather_toolkit(sources_, probe_);
  EXPECT_TRUE(probe_.toolkit.daemon_seen);
  EXPECT_EQ(probe_.toolkit.hook_on_daemon_path, "yes");
  EXPECT_TRUE(probe_.toolkit.hook_newer_than_daemon);  // installed just now, dockerd runs since 1970

  start_dockerd("/sbin");
  probe_ = {};
  gather_toolkit(sources_, probe_);
  EXPECT_EQ(probe_.toolkit.hook_on_daemon_path, "no");
}

TEST_F(GatherDaemon, APathThatMayNotBeReadIsSaid) {
  start_dockerd("");
  std::filesystem::remove(root_.path() / "proc/77/environ");
  gather_toolkit(sources_, probe_);
  EXPECT_TRUE(probe_.toolkit.daemon_seen);
  EXPECT_EQ(probe_.toolkit.hook_on_daemon_path, "");
  EXPECT_THAT(probe_.not_looked, ElementsAre(HasSubstr("only root may read it")));
}

TEST_F(Gather, WithoutDockerdNothingIsCompared) {
  gather_toolkit(sources_, probe_);
  EXPECT_FALSE(probe_.toolkit.daemon_seen);
  EXPECT_FALSE(find_daemon(sources_));
}

TEST_F(Gather, HostileCdiFilesAreNoCrash) {
  for (const char* text :
       {"", "[]", "- a\n- b", "kind: x\ndevices: 7", "kind: {a: b}\ncontainerEdits: [1]",
        "kind: x\ndevices:\n- 1\n- [2]\n", "\x01\x02", "kind: x\ncontainerEdits:\n  mounts: text\n"}) {
    root_.write("etc/cdi/x.yaml", text);
    probe_ = {};
    EXPECT_NO_THROW(gather_cdi(sources_, probe_)) << text;
    EXPECT_EQ(probe_.cdi.size(), 1U);
  }
}

TEST_F(Gather, WholeProbeOfABareMachine) {
  const Probe probe = gather_probe(sources_);
  EXPECT_THAT(probe.engines, IsEmpty());
  EXPECT_FALSE(probe.driver.module_loaded);
  EXPECT_EQ(probe.nvml.outcome, "failed");
}

TEST_F(Gather, InsideAContainerTheEngineIsNotLookedFor) {
  root_.write(".dockerenv");
  root_.write("proc/self/mountinfo", "1 0 0:30 / / rw - overlay overlay rw\n");
  sources_.variables["NVIDIA_VISIBLE_DEVICES"] = "all";
  sources_.variables["SECRET"] = "x";
  const Probe probe = gather_probe(sources_);
  EXPECT_EQ(probe.inside.container, "docker");
  EXPECT_THAT(probe.inside.variables, ElementsAre(Pair("NVIDIA_VISIBLE_DEVICES", "all")));
  EXPECT_THAT(probe.not_looked, ElementsAre(HasSubstr("inside of a container")));
}

TEST(RunCommand, NeverThrowsAndNeverWaitsLonger) {
  EXPECT_EQ(run_command({"cuparity-no-such-program"}, std::chrono::seconds(1)).exit_code, 127);
  EXPECT_TRUE(run_command({"sleep", "60"}, std::chrono::milliseconds(100)).timed_out);
  EXPECT_THAT(run_command({"echo", "hello"}, std::chrono::seconds(5)).output, HasSubstr("hello"));
}

TEST(RunCommand, KeepsALongAnswerWhole) {
  const CommandResult result = run_command({"printf", "{\"a\": \"%0100000d\"}\\n", "0"}, std::chrono::seconds(5));
  EXPECT_TRUE(last_json(result.output).is_object());
}

TEST(LastJson, IsNullWhereThereIsNone) { EXPECT_TRUE(last_json("no json\n{broken\n").is_null()); }

}  // namespace
}  // namespace cuparity
