// Which variables hold what nobody else may read, by their names.
#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

namespace cuparity::environment {

/// What stands instead of such a value.
inline constexpr const char* secret_placeholder = "[secret]";

/// "NCCL_PASSWORD", "api_key", "DB_PASS": such a value is never recorded.
inline bool names_a_secret(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  constexpr std::array<std::string_view, 8> parts = {"token",      "secret",  "passw",  "passphrase",
                                                     "credential", "api_key", "apikey", "authorization"};
  constexpr std::array<std::string_view, 4> endings = {"_key", "_pass", "_pwd", "_auth"};
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) { return lower.find(part) != std::string::npos; }) ||
         std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return lower.ends_with(ending); });
}

}  // namespace cuparity::environment
