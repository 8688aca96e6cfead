#include "harness/access/engine_flags.hpp"

#include <algorithm>

namespace cuparity {
namespace {

const std::vector<std::string>& gpu_flags() {
  static const std::vector<std::string> flags = {"--gpus", "--device", "--runtime", "--annotation"};
  return flags;
}

bool is_among(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

std::vector<std::string> without_flags(const std::vector<std::string>& words,
                                       const std::vector<std::string>& flags) {
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    if (!is_among(flags, words[i].substr(0, equals)))
      kept.push_back(words[i]);
    else if (equals == std::string::npos)
      ++i;  // its value is the next word
  }
  return kept;
}

bool asks_for_gpu(const AccessMode& mode) {
  if (mode.engine == EngineKind::native) return false;
  return mode.request == RequestKind::manual || without_flags(mode.arguments, gpu_flags()) != mode.arguments;
}

AccessMode without_gpu_request(const AccessMode& mode) {
  AccessMode without = mode;
  without.text += " without the GPU";
  without.request = RequestKind::none;
  without.arguments = without_flags(mode.arguments, gpu_flags());
  return without;
}

}  // namespace cuparity
