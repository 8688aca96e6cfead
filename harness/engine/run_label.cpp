#include "harness/engine/run_label.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "environment/text_file.hpp"
#include "harness/digest.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

/// Machines that share an engine may have equal folders, and copies of a machine an equal machine-id.
std::string machine_identity() {
  const auto boot = environment::read_text_file("/proc/sys/kernel/random/boot_id");
  return boot ? *boot : environment::read_text_file("/etc/machine-id").value_or("");
}

}  // namespace

std::string run_label(const std::filesystem::path& folder) {
  struct stat status = {};
  if (stat(folder.c_str(), &status) != 0)
    throw EnvironmentError(
        fmt::format("looking at the folder {} failed: {}; is it still there?", folder.string(), std::strerror(errno)));
  return "cuparity.run=" + digest_of(fmt::format("{} {} {}", machine_identity(), status.st_dev, status.st_ino));
}

}  // namespace cuparity
