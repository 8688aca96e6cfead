// A disk for tests that can be filled: a tmpfs of its own. Needs the right to mount; tests skip without.
#pragma once

#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "environment/temporary_folder.hpp"

namespace cuparity {

class SmallDisk {
 public:
  explicit SmallDisk(const std::string& size) {
    // In a mount namespace of the test's own it goes with the test, however that ends.
    mounted_ = unshare(CLONE_NEWNS) == 0 && mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
               mount("tmpfs", path().c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
    if (!mounted_) failure_ = std::string("a tmpfs can't be mounted here: ") + std::strerror(errno);
  }
  ~SmallDisk() {
    if (mounted_) umount2(path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  const std::string& failure() const { return failure_; }  ///< empty: it is there
  const std::filesystem::path& path() const { return folder_.path(); }

  void fill() const {
    std::ofstream ballast(path() / "ballast", std::ios::binary);
    while (ballast.write(std::string(4096, 'x').data(), 4096).flush()) {
    }
  }
  void empty() const { std::filesystem::remove(path() / "ballast"); }

 private:
  TemporaryFolder folder_;
  bool mounted_ = false;
  std::string failure_;
};

}  // namespace cuparity
