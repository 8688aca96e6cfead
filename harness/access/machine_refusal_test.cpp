// Which last words of an engine say that this machine refuses such a container, and which say something else.
#include "harness/access/machine_refusal.hpp"

#include <gtest/gtest.h>

namespace cuparity {
namespace {

TEST(MachineRefusal, PolicyAndLackOfPrivilege) {
  const char* refusals[] = {
      // Docker with userns-remap, with an authorization plugin, without root, inside a container
      "docker: Error response from daemon: privileged mode is incompatible with user namespaces.  You must run the "
      "container in the host namespace when running privileged mode.",
      "docker: Error response from daemon: Cannot share the host PID namespace when user namespaces are enabled.",
      "docker: Error response from daemon: authorization denied by plugin customauth: [DOCKER FIREWALL] Specified "
      "Privileged option value is Disallowed.",
      "docker: Error response from daemon: OCI runtime create failed: container_linux.go:370: starting container "
      "process caused: process_linux.go:459: container init caused: rootfs_linux.go:60: mounting \"proc\" to rootfs at "
      "\"/proc\" caused: operation not permitted: unknown.",
      "docker: Error response from daemon: failed to create shim task: OCI runtime create failed: runc create failed: "
      "unable to start container process: unable to apply caps: operation not permitted: unknown",
      // Podman without root
      "Error: device cgroup rules are not supported in rootless mode or in a user namespace",
      "Error: crun: mount `proc` to `proc`: Operation not permitted: OCI permission denied",
      "Error: crun: mknod `/dev/null`: Operation not permitted: OCI permission denied",
      // runc
      "runc create failed: unable to start container process: error during container init: unable to setns: operation "
      "not permitted",
      "process_linux.go:458: setting cgroup config for procHooks process caused: failed to write \"c 195:* rwm\": "
      "write /sys/fs/cgroup/devices/docker/1a/devices.allow: operation not permitted",
  };
  for (const char* words : refusals) EXPECT_TRUE(machine_refuses(words)) << words;
}

TEST(MachineRefusal, AnythingElseIsAFault) {
  const char* faults[] = {
      "",
      "docker: Error response from daemon: error gathering device information while adding custom device "
      "\"/dev/nvidia1\": no such file or directory",
      "docker: Error response from daemon: could not select device driver \"\" with capabilities: [[gpu]].",
      "unable to start container process: exec: \"/cuparity-probe/cuparity-probe\": permission denied: unknown",
      "error mounting \"/usr/lib/libcuda.so.1\" to rootfs at \"/usr/lib/libcuda.so.1\": mount "
      "/usr/lib/libcuda.so.1:/usr/lib/libcuda.so.1 (via /proc/self/fd/7): operation not permitted",
      "Error: runc: error setting rlimit type 7: operation not permitted",
      // The toolkit's own lack of privilege takes the GPU from every container.
      "nvidia-container-cli: mount error: failed to add device rules: unable to find any existing device filters "
      "attached to the cgroup: bpf_prog_query(BPF_CGROUP_DEVICE) failed: operation not permitted: unknown.",
      "unable to apply caps: invalid argument",
      "docker: Error response from daemon: No such image: cuparity:0.1.0",
  };
  for (const char* words : faults) EXPECT_FALSE(machine_refuses(words)) << words;
}

}  // namespace
}  // namespace cuparity
