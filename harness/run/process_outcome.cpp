#include "harness/run/process_outcome.hpp"

#include <fmt/format.h>

#include <cstring>

#include "harness/engine/last_words.hpp"

namespace cuparity {
namespace {

constexpr std::size_t longest_line = 300;

/// `docker run` and `podman run` keep these for themselves.
std::string container_engine_failure(int exit_code) {
  if (exit_code == 125) return "the engine could not start the container";
  if (exit_code == 126) return "the program in the image can't be executed";
  if (exit_code == 127) return "the program is not in the image (rebuild it with ./scripts/build-image)";
  return "";
}

}  // namespace

std::string last_said(const std::string& output) {
  const std::string words = last_words(output);
  return words.size() > longest_line ? words.substr(0, longest_line) + "…" : words;
}

std::string describe_failure(const std::string& program, const ProcessResult& result,
                             std::chrono::seconds time_limit) {
  const std::string said = last_said(result.standard_error);
  const std::string ending = said.empty() ? "; it said nothing" : ": " + said;
  if (result.interrupted) return program + " was stopped by the user";
  if (result.timed_out) {
    return fmt::format("{} did not end within {} s and was killed (time_limit_seconds in the suite){}",
                       program, time_limit.count(),
                       said.empty() ? "; it said nothing" : "; last it said: " + said);
  }
  if (result.exit_code == 0) return "";
  if (result.exit_code > 128 && result.exit_code < 128 + 65) {
    const int signal = result.exit_code - 128;
    return fmt::format("{} died of signal {} ({}){}", program, signal, strsignal(signal), ending);
  }
  if (said.find("error while loading shared libraries") != std::string::npos)
    return program + " can't load a library; look at LD_LIBRARY_PATH (of a cluster: module list)" + ending;
  const std::string engine = container_engine_failure(result.exit_code);
  if (!engine.empty()) return engine + ending;
  return fmt::format("{} ended with exit code {}{}", program, result.exit_code, ending);
}

}  // namespace cuparity
