#include "harness/access/access_mode.hpp"

#include <fmt/format.h>

#include <cctype>

#include "harness/errors.hpp"
#include "harness/nearest_name.hpp"

namespace cuparity {
namespace {

constexpr const char* valid_forms =
    "native, docker:--gpus=all, docker:--device=nvidia.com/gpu=0, docker:manual, docker:none, and the same "
    "with podman:";

/// Flags of `docker run` that would break what the harness relies on, and why.
struct ReservedFlag {
  const char* flag;
  const char* reason;
};
constexpr ReservedFlag reserved_flags[] = {
    {"--name", "the container is named by cuparity, so that it can be stopped"},
    {"--entrypoint", "the program to start is chosen by cuparity"},
    {"--detach", "cuparity waits for the container to end"},
    {"-d", "cuparity waits for the container to end"},
    {"--rm", "cuparity removes the container itself"},
    {"--user", "cuparity sets the user, so that result files belong to you"},
    {"-u", "cuparity sets the user, so that result files belong to you"},
};

/// Flags of `docker run` that are likely in a mode: what a typing error is measured against. Others pass
/// unless they look like one of these.
const std::vector<std::string>& known_flags() {
  static const std::vector<std::string> flags = {"--gpus",         "--device",     "--runtime",
                                                 "--security-opt", "--privileged", "--cpus",
                                                 "--env",          "--volume",     "--mount",
                                                 "--network",      "--ipc",        "--pid",
                                                 "--ulimit",       "--shm-size",   "--cap-add",
                                                 "--cap-drop",     "--memory",     "--cpuset-cpus",
                                                 "--cpuset-mems",  "--group-add",  "--init",
                                                 "--userns",       "--annotation", "--platform",
                                                 "--hooks-dir",    "--cgroupns",   "--device-cgroup-rule"};
  return flags;
}

EngineKind parse_engine(const std::string& name, const std::string& text) {
  if (name == "docker") return EngineKind::docker;
  if (name == "podman") return EngineKind::podman;
  const auto nearest = nearest_name(name, {"docker", "podman", "native"});
  if (nearest && *nearest != "native" && text.size() > name.size()) {
    throw UsageError(fmt::format("mode '{}': unknown engine '{}'; did you mean '{}{}'? Valid: {}", text, name,
                                 *nearest, text.substr(name.size()), valid_forms));
  }
  if (nearest == "native") {
    throw UsageError(
        fmt::format("mode '{}' is unknown; did you mean 'native'? Valid: {}", text, valid_forms));
  }
  throw UsageError(fmt::format("mode '{}': unknown engine '{}'. Valid: {}", text, name, valid_forms));
}

/// Checks the engine flags as far as a typing error can be told from a flag that only the engine knows.
void check_arguments(const AccessMode& mode) {
  const std::string& first = mode.arguments.front();
  if (first.empty() || first.front() != '-') {
    std::string hint = did_you_mean(first, {"manual", "none"});
    if (hint.empty()) {
      const std::string name = first.substr(0, first.find('='));
      if (const auto nearest = nearest_name("--" + name, known_flags())) {
        hint = fmt::format("; did you mean '{}{}'?", *nearest, first.substr(name.size()));
      }
    }
    throw UsageError(fmt::format("mode '{}': '{}' is neither 'manual', 'none' nor an engine flag{} Valid: {}",
                                 mode.text, first, hint.empty() ? "." : hint, valid_forms));
  }
  for (const std::string& argument : mode.arguments) {
    const std::string flag = argument.substr(0, argument.find('='));
    for (const ReservedFlag& reserved : reserved_flags) {
      if (flag == reserved.flag) {
        throw UsageError(fmt::format("mode '{}': leave out {}: {}", mode.text, flag, reserved.reason));
      }
    }
    if (flag.rfind("--", 0) != 0) continue;
    const auto nearest = nearest_name(flag, known_flags());
    const bool access_flag = nearest == "--gpus" || nearest == "--device" || nearest == "--runtime";
    if (access_flag && flag != *nearest) {
      throw UsageError(fmt::format("mode '{}': unknown flag '{}'; did you mean '{}{}'?", mode.text, flag,
                                   *nearest, argument.substr(flag.size())));
    }
  }
}

}  // namespace

AccessMode parse_access_mode(const std::string& text) {
  AccessMode mode;
  mode.text = text;
  if (text.empty()) throw UsageError(fmt::format("the mode is empty. Valid: {}", valid_forms));
  if (text == "native") return mode;
  const std::size_t colon = text.find(':');
  const std::string engine = text.substr(0, colon);
  if (engine == "native") throw UsageError(fmt::format("mode '{}': 'native' takes nothing after it", text));
  mode.engine = parse_engine(engine, text);
  const std::string request = colon == std::string::npos ? "" : text.substr(colon + 1);
  mode.arguments = split_shell_words(request);
  if (mode.arguments.empty()) {
    throw UsageError(
        fmt::format("mode '{0}': say after the colon how the GPU is asked for: {1}:--gpus=all, "
                    "{1}:--device=nvidia.com/gpu=0, "
                    "{1}:manual, or {1}:none for none",
                    text, engine));
  }
  if (mode.arguments.front() == "none" || mode.arguments.front() == "manual") {
    mode.request = mode.arguments.front() == "none" ? RequestKind::none : RequestKind::manual;
    mode.arguments.erase(mode.arguments.begin());
    // Further engine flags may follow: docker:manual --security-opt seccomp=unconfined
    if (!mode.arguments.empty()) check_arguments(mode);
    return mode;
  }
  mode.request = RequestKind::arguments;
  check_arguments(mode);
  return mode;
}

std::vector<std::string> split_shell_words(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == '\'') {
      if (c == '\'')
        quote = 0;
      else
        word += c;
    } else if (quote == '"') {
      const char next = i + 1 < text.size() ? text[i + 1] : '\0';
      if (c == '"')
        quote = 0;
      else if (c == '\\' && (next == '"' || next == '\\' || next == '$' || next == '`'))
        word += text[++i];
      else
        word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == '\\') {
      if (i + 1 == text.size())
        throw UsageError(fmt::format("'{}' ends in a backslash that quotes nothing", text));
      word += text[++i];
      in_word = true;
    } else if (std::isspace(static_cast<unsigned char>(c))) {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != 0)
    throw UsageError(fmt::format("'{}' has an unclosed {} quote", text, quote == '"' ? "double" : "single"));
  if (in_word) words.push_back(std::move(word));
  return words;
}

}  // namespace cuparity
