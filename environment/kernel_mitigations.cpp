#include "environment/kernel_mitigations.hpp"

#include <map>
#include <vector>

#include "environment/text_file.hpp"

namespace cuparity::environment {

std::string kernel_mitigations(const std::filesystem::path& root) {
  constexpr std::string_view mark = "Mitigation: ";
  std::map<std::string, std::string> found;
  std::error_code error;
  std::filesystem::directory_iterator entry(root / "sys/devices/system/cpu/vulnerabilities", error);
  if (error) return "";
  for (const std::filesystem::directory_iterator end; !error && entry != end; entry.increment(error)) {
    std::string state = trim(read_text_file(entry->path()).value_or(""));
    if (state.empty() || state == "Not affected") continue;
    if (state.rfind(mark, 0) == 0) state.erase(0, mark.size());
    found[entry->path().filename().string()] = state;
  }
  std::vector<std::string> pieces;
  for (const auto& [name, state] : found) pieces.push_back(name + ": " + state);
  return pieces.empty() ? "none" : join(pieces, "; ");
}

}  // namespace cuparity::environment
