#include "validate/probe/look_devices.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "validate/access/device_node.hpp"

namespace cuparity::probe {
namespace {

using nlohmann::json;

std::string octal(unsigned mode) {
  char text[16];
  std::snprintf(text, sizeof text, "%04o", mode);
  return text;
}

}  // namespace

DeviceNumber parse_device_number(const std::string& text) {
  unsigned major = 0, minor = 0;
  int used = 0;
  if (std::sscanf(text.c_str(), "%u:%u%n", &major, &minor, &used) == 2 &&
      static_cast<std::size_t>(used) == text.size())
    return {major, minor};
  struct stat node = {};
  if (stat(text.c_str(), &node) == 0 && S_ISCHR(node.st_mode))
    return {::major(node.st_rdev), ::minor(node.st_rdev)};
  throw std::invalid_argument("'" + text + "' is neither MAJOR:MINOR nor a character device that is here");
}

std::string errno_name(int error) {
  if (error == 0) return "ok";
  const char* name = strerrorname_np(error);
  return name == nullptr ? "errno " + std::to_string(error) : name;
}

json look_at_nodes(const std::vector<std::string>& paths) {
  json nodes = json::array();
  for (const validate::NodeAccess& access : validate::open_nodes(paths)) {
    json node = {{"path", access.path}, {"kind", "missing"}, {"opens", errno_name(access.error)}};
    struct stat file = {};
    if (stat(access.path.c_str(), &file) == 0) {
      node["kind"] = S_ISCHR(file.st_mode) ? "character" : S_ISREG(file.st_mode) ? "file" : "other";
      node["mode"] = octal(file.st_mode & 07777);
      if (S_ISCHR(file.st_mode)) {
        node["major"] = major(file.st_rdev);
        node["minor"] = minor(file.st_rdev);
      }
    }
    nodes.push_back(node);
  }
  return nodes;
}

json look_at_made_nodes(const std::vector<DeviceNumber>& devices, const std::vector<std::string>& folders) {
  json nodes = json::array();
  for (const auto& [major, minor] : devices) {
    json node = {{"device", std::to_string(major) + ":" + std::to_string(minor)}, {"made", "ENOENT"}};
    for (const std::string& folder : folders) {
      const validate::MadeNode made = validate::make_and_open(major, minor, folder);
      if (made.made == 0) node["opens"] = errno_name(made.opened);
      if (made.made == 0 || !node.contains("opens")) node["made"] = errno_name(made.made);
      // EACCES from a file system mounted nodev says nothing of the device: the next folder may.
      if (made.made == 0 && made.opened != EACCES) break;
    }
    nodes.push_back(node);
  }
  return nodes;
}

}  // namespace cuparity::probe
