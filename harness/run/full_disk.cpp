#include "harness/run/full_disk.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "harness/errors.hpp"

namespace cuparity {
namespace {

/// As those see it who may not use what is reserved for root, such as the user in a container.
bool has_nothing_free(const std::filesystem::path& folder) {
  struct statvfs disk = {};
  if (::statvfs(folder.c_str(), &disk) != 0) return false;
  return (disk.f_blocks > 0 && disk.f_bavail == 0) || (disk.f_files > 0 && disk.f_favail == 0);
}

/// A quota is seen by writing alone.
bool refuses_data(const std::filesystem::path& folder) {
  std::string path = (folder / "space-XXXXXX").string();
  const int file = ::mkostemp(path.data(), O_CLOEXEC);
  if (file < 0) return errno == ENOSPC || errno == EDQUOT;
  const std::string data(64 * 1024, '\0');
  const bool written = ::write(file, data.data(), data.size()) == static_cast<ssize_t>(data.size()) && ::fsync(file) == 0;
  ::close(file);
  ::unlink(path.c_str());
  return !written;
}

}  // namespace

void refuse_full_disk(const std::filesystem::path& folder) {
  if (!has_nothing_free(folder) && !refuses_data(folder)) return;
  throw EnvironmentError(fmt::format("the disk of {} is full, so a result could not be written; free some space",
                                     folder.string()));
}

}  // namespace cuparity
