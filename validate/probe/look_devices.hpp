// Device nodes that are here, and those that could be made: what the process can open, needing no library.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace cuparity::probe {

using DeviceNumber = std::pair<unsigned, unsigned>;  ///< major, minor

/// "10:229" or "/dev/fuse" (on the machine where it is asked); throws std::invalid_argument with what it is not.
DeviceNumber parse_device_number(const std::string& text);

/// "ok" or errno's name.
std::string errno_name(int error);

/// One object a node: path, kind, major, minor, mode (octal), opens ("ok" or errno's name).
nlohmann::json look_at_nodes(const std::vector<std::string>& paths);

/// One object a device: device ("195:1"), made and, where it was, opens. `folders` are tried in turn until one
/// carries device nodes.
nlohmann::json look_at_made_nodes(const std::vector<DeviceNumber>& devices,
                                  const std::vector<std::string>& folders);

}  // namespace cuparity::probe
