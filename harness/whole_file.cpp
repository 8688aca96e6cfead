#include "harness/whole_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "harness/errors.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::string& reason, const std::string& advice) {
  throw EnvironmentError(fmt::format("writing {}: {}; {}", path.string(), reason, advice));
}

/// The system's reason why it can't be written; empty if it was.
std::string write(const fs::path& path, const std::string& text) {
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  return file ? "" : std::strerror(errno != 0 ? errno : EIO);
}

}  // namespace

void write_whole_file(const fs::path& path, const std::string& text, const std::string& advice) {
  std::error_code error;
  if (fs::exists(path, error) && !fs::is_regular_file(path, error)) {
    if (const std::string reason = write(path, text); !reason.empty()) fail(path, reason, advice);
    return;
  }
  fs::path partial = path;
  partial += ".partial";
  if (const std::string reason = write(partial, text); !reason.empty()) {
    fs::remove(partial, error);
    fail(path, reason, advice);
  }
  fs::rename(partial, path, error);
  if (error) fail(path, error.message(), advice);
}

}  // namespace cuparity
