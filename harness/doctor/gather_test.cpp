// Gathering from a folder that stands for "/" and from recorded outputs of programs.
#include "harness/doctor/gather.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "harness/doctor/gather_fixture.hpp"
#include "harness/errors.hpp"

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

TEST_F(Gather, WhyADriverIsNotLoaded) {
  probe_.inside.container = "none";
  probe_.kernel = "6.8.0-64-generic";
  root_.write("lib/modules/6.8.0-60-generic/modules.dep", "kernel/a.ko: kernel/b.ko\nupdates/dkms/nvidia.ko.zst:\n");
  root_.write("lib/modules/6.1.0-40-amd64/modules.dep", "updates/dkms/nvidia-current.ko: kernel/a.ko\n");
  root_.write("lib/modules/6.8.0-64-generic/modules.dep", "kernel/nvidia-gpu.ko:\nkernel/drivers/net/nvidiafb.ko:\n");
  gather_driver(sources_, probe_);
  EXPECT_EQ(probe_.driver.module_file, "");
  EXPECT_THAT(probe_.driver.other_kernels, ElementsAre("6.1.0-40-amd64", "6.8.0-60-generic"));
  probe_.driver = {};
  probe_.kernel = "6.8.0-60-generic";
  gather_driver(sources_, probe_);
  EXPECT_EQ(probe_.driver.module_file, "/lib/modules/6.8.0-60-generic/updates/dkms/nvidia.ko.zst");
  EXPECT_THAT(probe_.driver.other_kernels, IsEmpty());
}

TEST_F(Gather, SecureBootIsTheLastByteOfItsVariable) {
  const std::string variable = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
  for (const auto& [bytes, state] : std::map<std::string, std::string>{
           {std::string("\6\0\0\0\1", 5), "on"}, {std::string("\6\0\0\0\0", 5), "off"}, {"\1", ""}}) {
    root_.write(variable, bytes);
    gather_machine(sources_, probe_);
    EXPECT_EQ(probe_.kernel_settings.secure_boot, state);
  }
}

TEST_F(Gather, ACdiSpecificationWithoutVersionOrDevicesIsNone) {
  root_.write("etc/cdi/a.yaml", "kind: nvidia.com/gpu\ndevices:\n- name: all\n");
  root_.write("etc/cdi/b.yaml", "cdiVersion: 0.5.0\nkind: nvidia.com/gpu\ndevices: []\n");
  gather_cdi(sources_, probe_);
  EXPECT_EQ(probe_.cdi.at(0).failure, "it has no 'cdiVersion'");
  EXPECT_EQ(probe_.cdi.at(1).failure, "it has no devices");
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

TEST(RunCommand, EndsWhereTheUserStopsIt) {
  int asked = 0;
  const CommandResult result = run_command({"sleep", "60"}, std::chrono::seconds(60), [&] { return ++asked > 3; });
  EXPECT_TRUE(result.interrupted);
  EXPECT_FALSE(result.timed_out);
  const CommandResult none = run_command({"/no/such/program"}, std::chrono::seconds(60), [] { return true; });
  EXPECT_TRUE(none.interrupted) << "nothing is started then";
}

TEST_F(Gather, EndsWhereTheUserStopsIt) {
  sources_.stop_requested = [] { return true; };
  EXPECT_THROW(gather_probe(sources_), StoppedByUser);
}

TEST(RunCommand, KeepsALongAnswerWhole) {
  const CommandResult result = run_command({"printf", "{\"a\": \"%0100000d\"}\\n", "0"}, std::chrono::seconds(5));
  EXPECT_TRUE(last_json(result.output).is_object());
}

TEST(LastJson, IsNullWhereThereIsNone) { EXPECT_TRUE(last_json("no json\n{broken\n").is_null()); }

}  // namespace
}  // namespace cuparity
