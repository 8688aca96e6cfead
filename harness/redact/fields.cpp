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
constexpr std::array<std::string_view, 12> host_endings = {"hostname",     "host_name",    "nodename",    "node_name",
                                                           "machine_name", "cluster_name", "fqdn",        "nodelist",
                                                           "node_list",    "hostid",       "submit_host", "master_addr"};
constexpr std::array<std::string_view, 7> user_names = {"user", "login", "logname", "owner", "author", "email", "account"};
constexpr std::array<std::string_view, 4> user_endings = {"username", "user_name", "_user", "_account"};
constexpr std::array<std::string_view, 2> serial_names = {"sn", "s/n"};
constexpr std::array<std::string_view, 5> mac_names = {"mac", "mac_address", "mac_addr", "hwaddr", "ethernet_address"};
constexpr std::array<std::string_view, 3> mac_endings = {"_mac", "_mac_address", "_mac_addr"};
constexpr std::array<std::string_view, 9> digest_parts = {"digest", "checksum", "commit", "revision", "hash",
                                                          "md5",    "sha1",     "sha256", "build_id"};
constexpr std::array<std::string_view, 2> container_parts = {"container_id", "container_name"};

// The names of workloads are among them: a new one is added here (builtin_suites_test asks for it).
constexpr auto everyday_words = std::to_array<std::string_view>({
    "access",   "all",       "auto",     "backend", "bandwidth", "baseline",  "bench",    "benchmark", "bridge",
    "cdi",      "collectives", "conda",  "container", "convolution", "copy",  "cpu",      "cublas",   "cublaslt",
    "cuda",     "cudnn",     "cuparity", "debian",  "default",   "device",    "docker",   "driver",   "environment",
    "false",    "faster",    "full",     "gemm",    "gpu",       "gpus",      "host",     "id",       "image",
    "inconclusive", "invalid", "ip",     "kernel",  "launch",    "linux",     "local",    "localhost", "manual",
    "mode",     "native",    "nobody",   "node",    "none",      "nvidia",    "path",     "peer_to_peer", "podman",
    "public",   "quick",     "root",     "same",    "saxpy",     "slower",    "standard", "startup",  "suite",
    "time",     "true",      "ubuntu",   "user",    "verdict",   "workstation"});

// As in "--network and --hostname exclude each other": no values of flags.
constexpr auto words_of_sentences = std::to_array<std::string_view>(
    {"a",  "an", "and",  "are",   "as",  "can", "cannot", "flag", "flags", "for",  "from", "has",  "have", "if",   "in",    "is",
     "it", "must", "needs", "not", "of", "option", "on",  "or",   "so",    "than", "the",  "this", "to",   "was",  "were", "which",
     "with"});

}  // namespace

FieldKind field_kind(std::string_view name) {
  const std::string field = normalised(name);
  if (environment::names_a_secret(field)) return FieldKind::secret;
  if (is_one_of(host_names, field) || ends_with_one_of(host_endings, field)) return FieldKind::host;
  if (is_one_of(user_names, field) || ends_with_one_of(user_endings, field)) return FieldKind::user;
  if (field.find("serial") != std::string::npos || is_one_of(serial_names, field) || field.ends_with("_sn"))
    return FieldKind::serial;
  if (contains_one_of(container_parts, field)) return FieldKind::container;
  if (is_one_of(mac_names, field) || ends_with_one_of(mac_endings, field)) return FieldKind::mac;
  if (names_a_digest(field)) return FieldKind::digest;
  if (field.find("gpu_uuid") != std::string::npos) return FieldKind::gpu;
  if (field.ends_with("version")) return FieldKind::version;
  return FieldKind::other;
}

bool names_a_digest(std::string_view name) { return contains_one_of(digest_parts, normalised(name)); }

bool is_word_of_sentences(std::string_view word) { return is_one_of(words_of_sentences, lower(word)); }

bool is_everyday_word(std::string_view word) { return is_one_of(everyday_words, lower(word)); }

}  // namespace cuparity
