#include "validate/access/device_node.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace cuparity::validate {
namespace {

/// errno of opening `path` read-write, 0 where it opened.
int try_open(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return errno;
  close(descriptor);
  return 0;
}

}  // namespace

std::vector<NodeAccess> open_nodes(const std::vector<std::string>& paths) {
  std::vector<NodeAccess> accesses;
  for (const std::string& path : paths) accesses.push_back({path, try_open(path)});
  return accesses;
}

std::vector<std::string> needed_nodes(const std::vector<std::string>& gpu_nodes) {
  std::vector<std::string> needed = gpu_nodes;
  if (needed.empty()) return needed;
  needed.push_back("/dev/nvidiactl");
  needed.push_back("/dev/nvidia-uvm");
  return needed;
}

std::string explain_open_error(int error) {
  switch (error) {
    case EPERM:
      return "EPERM: the device cgroup refuses it; give the container the device (--gpus, --device or CDI), "
             "and "
             "if it worked before, a systemd reload dropped the rule: start the container again";
    case EACCES:
      return "EACCES: the node's mode or SELinux refuses it; compare ls -l with 0666, and allow device "
             "access "
             "(setsebool container_use_devices on)";
    case ENOENT:
      return "ENOENT: the node is missing; on the host run nvidia-modprobe -u -c 0, in a container give it "
             "with "
             "--device";
    case ENXIO:
    case EIO:
    case ENODEV:
      return std::string(error == ENXIO ? "ENXIO"
                         : error == EIO ? "EIO"
                                        : "ENODEV") +
             ": the node is there but the driver does not serve it; see dmesg for NVRM or Xid lines";
    default:
      return std::string("errno ") + std::to_string(error) + ": " + std::strerror(error);
  }
}

MadeNode make_and_open(unsigned major, unsigned minor, const std::string& folder) {
  const std::string path =
      folder + "/cuparity-probe-" + std::to_string(major) + "-" + std::to_string(minor);
  MadeNode node;
  if (mknod(path.c_str(), S_IFCHR | 0600, makedev(major, minor)) != 0) {
    node.made = errno;
    return node;
  }
  node.opened = try_open(path);
  unlink(path.c_str());
  return node;
}

Reach probe_gpu(int minor, const std::string& folder) {
  const MadeNode node = make_and_open(nvidia_major, static_cast<unsigned>(minor), folder);
  if (node.made != 0) return Reach::not_probed;
  if (node.opened == 0) return Reach::reachable;
  if (node.opened == EPERM) return Reach::refused;
  if (node.opened == EACCES) return Reach::not_probed;  // the folder's file system carries no devices
  return Reach::no_device;
}

}  // namespace cuparity::validate
