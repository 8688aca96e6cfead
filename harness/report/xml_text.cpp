#include "harness/report/xml_text.hpp"

#include "harness/report/text.hpp"

namespace cuparity {

std::string xml_escaped(std::string_view text) {
  std::string escaped;
  const std::string clean = clean_text(text);
  for (std::size_t i = 0; i < clean.size(); ++i) {
    switch (clean[i]) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&apos;";
        break;
      case '\xEF':
        // U+FFFE and U+FFFF are valid UTF-8, but no XML characters.
        if (clean.compare(i, 3, "\xEF\xBF\xBE") == 0 || clean.compare(i, 3, "\xEF\xBF\xBF") == 0) {
          escaped += "\xEF\xBF\xBD";
          i += 2;
          break;
        }
        [[fallthrough]];
      default:
        escaped += clean[i];
    }
  }
  return escaped;
}

}  // namespace cuparity
