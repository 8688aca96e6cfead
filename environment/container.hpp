// Whether the process lives in a container, and how the container was given its GPUs: read from marks
// that engines leave, so an answer is a well-founded guess, never a permission.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace cuparity::environment {

/// Environment variables by name.
using Variables = std::map<std::string, std::string>;

/// Those of this process.
Variables read_variables();

/// The variable's value; empty where it is not set.
std::string value_of(const Variables& variables, const std::string& name);

/// "docker", "podman", "other" or "none". `root` is the folder that stands for "/".
std::string detect_container(const std::filesystem::path& root, const Variables& variables);

/// "native": not in a container. "none": no GPU node. Otherwise by what is mounted and by
/// NVIDIA_VISIBLE_DEVICES: "legacy" where libnvidia-container covered /proc/driver/nvidia with a file system
/// of its own; "cdi" where a CDI specification set the variable to void; "manual" where nodes were mapped and
/// driver libraries, if any, mounted as files or in a folder (an image may set the variable to all, so a
/// plain value says nothing); "runtime" where a plain value stands but no mount brings a driver library.
std::string detect_injection_path(const std::filesystem::path& root, const Variables& variables,
                                  const std::string& container);

}  // namespace cuparity::environment
