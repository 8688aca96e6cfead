#include "harness/history/find_result_files.hpp"

#include <chrono>
#include <set>
#include <utility>
#include <vector>

namespace cuparity {
namespace {

namespace fs = std::filesystem;

std::int64_t nanoseconds(fs::file_time_type time) {
  const auto system = std::chrono::file_clock::to_sys(time);
  return std::chrono::duration_cast<std::chrono::nanoseconds>(system.time_since_epoch()).count();
}

class FileSearch {
 public:
  explicit FileSearch(const fs::path& root) : root_(root) {
    add_folder(root);
    while (!links_.empty()) {  // after all that stands there itself, so that a file keeps its own name
      const fs::path link = links_.back();
      links_.pop_back();
      add(link);
    }
  }

  std::map<std::string, FoundFile> files;  ///< by path, relative to the root

 private:
  bool is_new(const fs::path& path) {
    std::error_code error;
    const fs::path target = fs::canonical(path, error);
    return !error && seen_.insert(target).second;
  }

  void add(const fs::path& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      add_folder(path);
    } else if (path.extension() == ".json") {
      add_file(path);
    }
  }

  /// A run's folder counts as its run.json; the raw files in it are parts of that run.
  void add_folder(const fs::path& folder) {
    if (!is_new(folder)) return;
    std::error_code error;
    for (const char* name : {"run.json", "journal.jsonl"}) {
      if (fs::exists(folder / name, error)) {
        return add_file(folder / name);
      }
    }
    for (const auto& entry : fs::directory_iterator(folder, fs::directory_options::skip_permission_denied, error)) {
      if (entry.path().filename().string().front() == '.') {
        continue;
      }
      if (entry.is_symlink(error)) {
        links_.push_back(entry.path());
      } else {
        add(entry.path());
      }
    }
  }

  void add_file(const fs::path& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    const auto time = error ? fs::file_time_type{} : fs::last_write_time(path, error);
    if (!error && is_new(path)) {
      files[path.lexically_relative(root_).string()] = {static_cast<std::int64_t>(size), nanoseconds(time)};
    }
  }

  fs::path root_;
  std::set<fs::path> seen_;
  std::vector<fs::path> links_;
};

}  // namespace

std::map<std::string, FoundFile> find_result_files(const fs::path& root) { return FileSearch(root).files; }

}  // namespace cuparity
