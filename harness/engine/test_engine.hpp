// For tests with a real engine. Images are of this machine's own programs, so that no registry is needed.
#pragma once

#include <string>
#include <vector>

#include "harness/engine/process.hpp"

namespace cuparity {

/// Runs the script by sh, for 180 s at most.
ProcessResult shell(const std::string& script);

/// Imports `image` with nothing in it. Returns why that failed, or nothing.
std::string import_empty_image(const std::string& engine, const std::string& image);

struct ImageProgram {
  std::string program;          ///< a name on PATH, or a path
  std::string folder = "/bin";  ///< where it is in the image
};

/// Imports `image` into `engine` (a program: docker, podman): the programs with the libraries that they load, and empty /tmp,
/// /proc, /sys and /dev. Returns why that failed, or nothing.
std::string import_image_of(const std::vector<ImageProgram>& programs, const std::string& engine, const std::string& image);

}  // namespace cuparity
