// How a process is given a GPU: natively, or through one of the engines' request forms.
#pragma once

#include <string>
#include <vector>

namespace cuparity {

enum class EngineKind { native, docker, podman };
enum class RequestKind {
  none,       ///< no GPU asked for: the CPU backend runs
  arguments,  ///< the engine's own flags, e.g. --gpus=all or --device=nvidia.com/gpu=0
  manual      ///< device nodes and driver libraries mounted by hand, no toolkit needed
};

/// Parsed from "native", "docker:--gpus=all", "docker:--device=nvidia.com/gpu=0", "docker:manual",
/// "docker:none", "podman:…". Several engine flags may stand after the colon, separated by spaces and
/// quoted as in a shell: docker:--gpus='"device=0,1"' --security-opt seccomp=unconfined
struct AccessMode {
  std::string text;  ///< as given; the mode's name everywhere
  EngineKind engine = EngineKind::native;
  RequestKind request = RequestKind::none;
  std::vector<std::string> arguments;

  bool operator==(const AccessMode&) const = default;
};

/// Throws UsageError naming the nearest valid form.
AccessMode parse_access_mode(const std::string& text);

/// Splits as a POSIX shell does, quotes and backslashes included; expands nothing.
/// Throws UsageError on an unclosed quote.
std::vector<std::string> split_shell_words(const std::string& text);

}  // namespace cuparity
