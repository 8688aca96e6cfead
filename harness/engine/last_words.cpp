#include "harness/engine/last_words.hpp"

#include "environment/text_file.hpp"

namespace cuparity {

std::string last_words(const std::string& output) {
  std::string words, lesser;
  for (std::string line : environment::split(output, '\n')) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    line = environment::trim(line.substr(line.rfind('\r') + 1));
    if (line.empty() || line.find("--help'") != std::string::npos) continue;
    const bool says_little = line.find_first_not_of("0123456789") == std::string::npos || line.rfind("Usage:", 0) == 0;
    (says_little ? lesser : words) = line;
  }
  return words.empty() ? lesser : words;
}

}  // namespace cuparity
