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

/// The system's number of what went wrong, or 0.
int write(const fs::path& path, const std::string& text) {
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  return file ? 0 : errno != 0 ? errno : EIO;
}

int replace(const fs::path& path, const std::string& text) {
  fs::path partial = path;
  partial += ".partial";
  std::error_code error, ignored;
  // It would be followed, and a file elsewhere overwritten.
  if (fs::is_symlink(partial, ignored)) fs::remove(partial, ignored);
  int code = write(partial, text);
  if (code == 0) {
    fs::rename(partial, path, error);
    code = error.value();
  }
  if (code != 0) fs::remove(partial, ignored);
  return code;
}

/// Whether it is the folder that refuses another file or name, and not the file: one that is mounted by itself, or that stands
/// in a folder which may not be written to.
bool folder_refuses(int code) { return code == EBUSY || code == EACCES || code == EPERM || code == EROFS; }

}  // namespace

void write_whole_file(const fs::path& path, const std::string& text, const std::string& advice, AtLink at_link) {
  std::error_code error;
  const bool link = fs::is_symlink(path, error);
  const fs::path target = link && at_link == AtLink::followed ? fs::weakly_canonical(path, error) : path;
  const bool there = fs::exists(target, error) && !(link && at_link == AtLink::replaced);
  int code = there && !fs::is_regular_file(target, error) ? write(target, text) : replace(target, text);
  if (there && folder_refuses(code)) code = write(target, text);
  if (code != 0) throw EnvironmentError(fmt::format("writing {}: {}; {}", path.string(), std::strerror(code), advice));
}

}  // namespace cuparity
