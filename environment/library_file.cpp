#include "environment/library_file.hpp"

#include "environment/text_file.hpp"

namespace cuparity::environment {
namespace {

namespace fs = std::filesystem;

/// /etc/ld.so.cache holds each path as a text that ends with a zero byte; the rest of its layout does not
/// matter for finding one.
std::vector<std::string> cached_paths(const fs::path& root, const std::string& soname) {
  const std::string cache = read_text_file(root / "etc/ld.so.cache").value_or("");
  const std::string ending = "/" + soname + std::string(1, '\0');
  std::vector<std::string> paths;
  for (std::size_t at = cache.find(ending); at != std::string::npos; at = cache.find(ending, at + 1)) {
    const std::size_t zero = at == 0 ? std::string::npos : cache.rfind('\0', at - 1);
    const std::size_t begin = zero == std::string::npos ? 0 : zero + 1;
    const std::string path = cache.substr(begin, at + ending.size() - 1 - begin);
    if (path.front() == '/') paths.push_back(path);
  }
  return paths;
}

/// The real file behind `path`, without `root`; empty where there is none.
std::string real_file(const fs::path& root, const std::string& path) {
  std::error_code error;
  const fs::path inside = root / fs::path(path).relative_path();
  if (!fs::is_regular_file(inside, error)) return "";
  const fs::path real = fs::canonical(inside, error);
  const fs::path real_root = fs::canonical(root, error);
  return "/" + real.lexically_relative(real_root).string();
}

}  // namespace

std::vector<std::string> library_candidates(const fs::path& root, const Variables& variables,
                                            const std::string& soname) {
  std::vector<std::string> candidates;
  const auto folders = variables.find("LD_LIBRARY_PATH");
  if (folders != variables.end())
    for (const std::string& folder : split(folders->second, ':')) candidates.push_back(folder + "/" + soname);
  for (const std::string& path : cached_paths(root, soname)) candidates.push_back(path);
  for (const char* folder : {"/lib64", "/usr/lib64", "/lib", "/usr/lib"})
    candidates.push_back(std::string(folder) + "/" + soname);
  return candidates;
}

std::string find_library_file(const fs::path& root, const Variables& variables, const std::string& soname) {
  for (const std::string& path : library_candidates(root, variables, soname)) {
    const std::string real = real_file(root, path);
    if (!real.empty()) return real;
  }
  return "";
}

std::string library_file_version(const std::string& path) {
  const std::size_t at = path.rfind(".so.");
  if (at == std::string::npos) return "";
  const std::string version = path.substr(at + 4);
  return version.find_first_not_of("0123456789.") == std::string::npos ? version : "";
}

}  // namespace cuparity::environment
