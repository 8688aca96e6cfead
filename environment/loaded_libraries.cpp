#include <filesystem>

#include "environment/process_environment.hpp"
#include "environment/text_file.hpp"

namespace cuparity::environment {

std::map<std::string, std::string> loaded_libraries(const std::string& prefix) {
  std::map<std::string, std::string> found;
  for (const std::string& line : split(read_text_file("/proc/self/maps").value_or(""), '\n')) {
    const auto slash = line.find('/');
    if (slash == std::string::npos) continue;
    const std::string path = line.substr(slash);
    const std::string name = std::filesystem::path(path).filename().string();
    if (name.rfind(prefix, 0) == 0 && name.find(".so") != std::string::npos) found[name] = path;
  }
  return found;
}

}  // namespace cuparity::environment
