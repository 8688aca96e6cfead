#include "environment/mounts.hpp"

#include <algorithm>

#include "environment/text_file.hpp"

namespace cuparity::environment {
namespace {

bool is_octal(char digit) { return digit >= '0' && digit <= '7'; }

/// The kernel writes space, tab, newline and backslash as \ooo.
std::string unescape(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && is_octal(text[i + 1]) && is_octal(text[i + 2]) &&
        is_octal(text[i + 3])) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

}  // namespace

std::vector<Mount> read_mounts(const std::filesystem::path& root) {
  std::vector<Mount> mounts;
  for (const std::string& line : split(read_text_file(root / "proc/self/mountinfo").value_or(""), '\n')) {
    // id parent major:minor root mount_point options [tag…] - type source file_system_options
    const std::vector<std::string> fields = split(line, ' ');
    const auto dash = std::find(fields.begin(), fields.end(), "-");
    if (fields.size() < 6 || fields.end() - dash < 3) continue;
    Mount& mount = mounts.emplace_back();
    mount.root = unescape(fields[3]);
    mount.mount_point = unescape(fields[4]);
    mount.type = dash[1];
    mount.source = unescape(dash[2]);
    if (fields.end() - dash > 3) mount.options = unescape(dash[3]);
  }
  return mounts;
}

}  // namespace cuparity::environment
