#include "harness/redact/fields.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "environment/secret_name.hpp"
#include "harness/redact/characters.hpp"

namespace cuparity {
namespace {

/// Lower case, without dashes in front and without "variable_", words joined by "_".
std::string normalised(std::string_view name) {
  std::string text = lower(name);
  text.erase(0, text.find_first_not_of('-') == std::string::npos ? 0 : text.find_first_not_of('-'));
  std::replace_if(text.begin(), text.end(), [](char c) { return c == '-' || c == ' '; }, '_');
  if (text.starts_with("variable_")) text.erase(0, 9);
  return text;
}

template <std::size_t count>
bool is_one_of(const std::array<std::string_view, count>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

template <std::size_t count>
bool ends_with_one_of(const std::array<std::string_view, count>& list, std::string_view value) {
  return std::any_of(list.begin(), list.end(), [&](std::string_view end) { return value.ends_with(end); });
}

template <std::size_t count>
bool contains_one_of(const std::array<std::string_view, count>& list, std::string_view value) {
  return std::any_of(list.begin(), list.end(),
                     [&](std::string_view part) { return value.find(part) != std::string_view::npos; });
}

constexpr std::array<std::string_view, 4> host_names = {"host", "node", "computername", "add_host"};
constexpr std::array<std::string_view, 9> host_endings = {"hostname",     "host_name", "nodename",  "node_name", "machine_name",
                                                          "fqdn",         "nodelist",  "node_list", "hostid"};
constexpr std::array<std::string_view, 6> user_names = {"user", "login", "logname", "owner", "author", "email"};
constexpr std::array<std::string_view, 3> user_endings = {"username", "user_name", "_user"};
constexpr std::array<std::string_view, 2> container_parts = {"container_id", "container_name"};

// The names of workloads are among them: a new one is added here (builtin_suites_test asks for it).
constexpr auto everyday_words = std::to_array<std::string_view>({
    "access",   "all",       "auto",     "backend", "bandwidth", "baseline",  "bench",    "benchmark", "bridge",
    "cdi",      "collectives", "conda",  "container", "convolution", "copy",  "cpu",      "cublas",   "cublaslt",
    "cuda",     "cudnn",     "cuparity", "debian",  "default",   "device",    "docker",   "driver",   "environment",
    "false",    "faster",    "full",     "gemm",    "gpu",       "gpus",      "host",     "id",       "image",
    "inconclusive", "invalid", "ip",     "kernel",  "launch",    "linux",     "local",    "localhost", "manual",
    "mode",     "native",    "nobody",   "node",    "none",      "nvidia",    "path",     "peer_to_peer", "podman",
    "quick",    "root",      "same",     "saxpy",   "slower",    "standard",  "startup",  "suite",    "time",
    "true",     "ubuntu",    "user",     "verdict", "workstation"});

}  // namespace

FieldKind field_kind(std::string_view name) {
  const std::string field = normalised(name);
  if (environment::names_a_secret(field)) return FieldKind::secret;
  if (is_one_of(host_names, field) || ends_with_one_of(host_endings, field)) return FieldKind::host;
  if (is_one_of(user_names, field) || ends_with_one_of(user_endings, field)) return FieldKind::user;
  if (field.find("serial") != std::string::npos) return FieldKind::serial;
  if (contains_one_of(container_parts, field)) return FieldKind::container;
  if (field.find("gpu_uuid") != std::string::npos) return FieldKind::gpu;
  if (field.ends_with("version")) return FieldKind::version;
  return FieldKind::other;
}

bool is_everyday_word(std::string_view word) { return is_one_of(everyday_words, lower(word)); }

}  // namespace cuparity
