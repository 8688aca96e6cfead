#include "harness/run/folder_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "harness/errors.hpp"

namespace cuparity {
namespace {

/// Another process removed it after it was opened: its lock would keep nobody out.
bool is_removed(int file) {
  struct stat status = {};
  return ::fstat(file, &status) == 0 && status.st_nlink == 0;
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder)
    : file_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (file_ < 0) return;  // whoever writes there says why it can't
  const bool taken = ::flock(file_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  if (!taken && !is_removed(file_)) return;
  ::close(file_);
  throw UsageError(fmt::format("another cuparity writes to {}; wait for it, or give another --out", folder.string()));
}

FolderLock::~FolderLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace cuparity
