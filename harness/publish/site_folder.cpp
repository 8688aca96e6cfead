#include "harness/publish/site_folder.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "harness/errors.hpp"
#include "harness/whole_file.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

bool holds(const fs::path& path, const std::string& text) {
  std::error_code code;
  if (fs::file_size(path, code) != text.size() || code) return false;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream found;
  found << file.rdbuf();
  return file && found.view() == text;
}

void make_folder(const fs::path& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code) {
    throw EnvironmentError(
        fmt::format("making {}: {}; choose another --out", path.string(), code.message()));
  }
}

}  // namespace

SiteFolder::SiteFolder(fs::path root) : root_(std::move(root)) { make_folder(root_); }

void SiteFolder::write(const fs::path& relative, const std::string& text) const {
  const fs::path path = root_ / relative;
  if (holds(path, text)) return;
  make_folder(path.parent_path());
  write_whole_file(path, text, "free some space or choose another --out");
}

}  // namespace cuparity
