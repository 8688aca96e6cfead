#include "harness/engine/last_words.hpp"

#include "environment/text_file.hpp"

namespace cuparity {

std::string last_words(const std::string& output) {
  std::string words, number;
  for (std::string line : environment::split(output, '\n')) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    line = environment::trim(line.substr(line.rfind('\r') + 1));
    if (line.empty() || line.find("--help'") != std::string::npos) continue;
    (line.find_first_not_of("0123456789") == std::string::npos ? number : words) = line;
  }
  return words.empty() ? number : words;
}

}  // namespace cuparity
