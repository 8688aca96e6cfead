// Reading small text files of /proc, /sys and /etc.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cuparity::environment {

/// The whole file, or nothing where it can't be read or is none (a folder, a pipe, a device).
std::optional<std::string> read_text_file(const std::filesystem::path& path);

/// Without white space at both ends.
std::string trim(std::string_view text);

/// Pieces between `separator`s; empty pieces are left out.
std::vector<std::string> split(std::string_view text, char separator);

std::string join(const std::vector<std::string>& pieces, std::string_view separator);

/// The value of the first line "NAME<separator>value", trimmed and without double quotes around it:
/// /proc/self/status, /proc/cpuinfo, /etc/os-release.
std::optional<std::string> find_value(std::string_view text, std::string_view name, char separator);

}  // namespace cuparity::environment
