#include "environment/container.hpp"

#include <gtest/gtest.h>

#include "environment/fake_root.hpp"

namespace cuparity::environment {
namespace {

TEST(Container, None) {
  FakeRoot root;
  root.write("proc/self/cgroup", "0::/user.slice/user-1000.slice/session-1.scope\n");
  root.write("proc/self/mountinfo", "27 1 254:0 / / rw - ext4 /dev/vda rw\n");
  EXPECT_EQ(detect_container(root.path(), {}), "none");
}

TEST(Container, DockerByItsFile) {
  FakeRoot root;
  root.write(".dockerenv");
  EXPECT_EQ(detect_container(root.path(), {}), "docker");
}

TEST(Container, AVirtualMachineMadeFromAnImageIsNone) {
  FakeRoot root;
  root.write(".dockerenv");
  root.write("proc/self/mountinfo", "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n");
  EXPECT_EQ(detect_container(root.path(), {{"container", "docker"}}), "none");
}

TEST(Container, DockerOnAStorageDriverWithoutOverlay) {
  FakeRoot root;
  root.write(".dockerenv");
  root.write("proc/self/mountinfo",
             "27 1 8:1 /var/lib/docker/vfs/dir/0a / rw,relatime - ext4 /dev/sda1 rw\n");
  EXPECT_EQ(detect_container(root.path(), {}), "docker");
}

TEST(Container, PodmanByItsFile) {
  FakeRoot root;
  root.write("run/.containerenv", "engine=\"podman-4.3.1\"\n");
  EXPECT_EQ(detect_container(root.path(), {}), "podman");
}

TEST(Container, ByVariable) {
  const FakeRoot root;
  EXPECT_EQ(detect_container(root.path(), {{"container", "podman"}}), "podman");
  EXPECT_EQ(detect_container(root.path(), {{"container", "lxc"}}), "other");
  EXPECT_EQ(detect_container(root.path(), {{"APPTAINER_CONTAINER", "/a.sif"}}), "other");
}

TEST(Container, ByGroupName) {
  const auto by_group = [](const std::string& path) {
    FakeRoot root;
    root.write("proc/self/cgroup", "0::" + path + "\n");
    return detect_container(root.path(), {});
  };
  EXPECT_EQ(by_group("/system.slice/docker-0123.scope"), "docker");
  EXPECT_EQ(by_group("/machine.slice/libpod-0123.scope"), "podman");
  EXPECT_EQ(by_group("/kubepods/besteffort/pod1"), "other");
}

TEST(Container, ByOverlayOfTheRoot) {
  FakeRoot root;
  root.write("proc/self/cgroup", "0::/\n");
  root.write("proc/self/mountinfo",
             "1 0 0:50 / / rw - overlay overlay rw,lowerdir=/var/lib/containers/storage/overlay/l/A\n");
  EXPECT_EQ(detect_container(root.path(), {}), "podman");
}

/// What a container with GPU 0 shows: its node, a variable and a mount table.
std::string path_of(const std::string& visible_devices, const std::string& mountinfo,
                    const std::string& container = "docker") {
  FakeRoot root;
  root.write("dev/nvidia0");
  root.write("dev/nvidiactl");
  root.write("proc/self/mountinfo", mountinfo);
  Variables variables;
  if (!visible_devices.empty()) variables["NVIDIA_VISIBLE_DEVICES"] = visible_devices;
  return detect_injection_path(root.path(), variables, container);
}

constexpr const char* library_mount =
    "90 80 8:1 /usr/lib/libcuda.so.580.65.06 /usr/lib/x86_64-linux-gnu/libcuda.so.580.65.06 ro - ext4 "
    "/dev/sda rw\n";
constexpr const char* legacy_mount = "91 80 0:60 / /proc/driver/nvidia rw - tmpfs tmpfs rw,mode=555\n";

TEST(InjectionPath, EachOne) {
  EXPECT_EQ(path_of("all", legacy_mount, "none"), "native");
  EXPECT_EQ(path_of("void", library_mount), "cdi");
  EXPECT_EQ(path_of("all", std::string(library_mount) + legacy_mount), "legacy");
  EXPECT_EQ(path_of("", library_mount), "manual");
  EXPECT_EQ(path_of("0", ""), "runtime");
}

TEST(InjectionPath, AnImageThatSetsTheVariableIsStillManual) {
  EXPECT_EQ(path_of("all", library_mount), "manual");
}

TEST(InjectionPath, ADriverFolderMountedIsManual) {
  FakeRoot root;
  root.write("dev/nvidia0");
  root.write("usr/local/nvidia/lib64/libcuda.so.1");
  root.write("proc/self/mountinfo", "9 1 8:1 /usr/local/nvidia /usr/local/nvidia ro - ext4 /dev/sda rw\n");
  EXPECT_EQ(detect_injection_path(root.path(), {{"NVIDIA_VISIBLE_DEVICES", "all"}}, "docker"), "manual");
}

TEST(InjectionPath, NoneWithoutAGpuNode) {
  FakeRoot root;
  root.write("dev/nvidiactl");
  EXPECT_EQ(detect_injection_path(root.path(), {{"NVIDIA_VISIBLE_DEVICES", "void"}}, "docker"), "none");
}

}  // namespace
}  // namespace cuparity::environment
