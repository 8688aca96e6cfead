#include "harness/publish/publisher_key.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <cstdlib>
#include <filesystem>

#include "environment/text_file.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t key_size = 36;  // of a UUID as text

fs::path cache_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache && *cache) return fs::path(cache) / "cuparity";
  const char* home = std::getenv("HOME");
  return home && *home ? fs::path(home) / ".cache" / "cuparity" : fs::path();
}

std::string read_key(const fs::path& path) {
  const std::string key = environment::trim(environment::read_text_file(path).value_or(""));
  return key.size() == key_size ? key : "";
}

/// Whole or not at all: link() gives the finished file its name unless another process was first.
void make_key(const fs::path& path) {
  std::error_code ignored;
  fs::create_directories(path.parent_path(), ignored);
  std::string partial = path.string() + ".XXXXXX";
  const int file = ::mkstemp(partial.data());  // mode 0600
  if (file < 0) return;
  const std::string key = to_string(boost::uuids::random_generator()()) + "\n";
  const bool written = ::write(file, key.data(), key.size()) == static_cast<ssize_t>(key.size());
  if (::close(file) == 0 && written) fs::create_hard_link(partial, path, ignored);
  fs::remove(partial, ignored);
}

}  // namespace

std::string publisher_key() {
  const fs::path folder = cache_folder();
  if (folder.empty()) return "";
  const fs::path path = folder / "publish-key";
  std::string key = read_key(path);
  if (!key.empty()) return key;
  std::error_code ignored;
  if (fs::exists(path, ignored)) fs::remove(path, ignored);  // cut short or foreign
  make_key(path);
  return read_key(path);
}

}  // namespace cuparity
