#include <fmt/format.h>

#include "harness/publish/page.hpp"
#include "harness/publish/pages.hpp"

namespace cuparity {

std::string add_navigation(const std::string& report, const RunSummary& run) {
  // The report has its own style; of it only its colours are used.
  constexpr const char* style =
      "max-width:1280px;margin:0 auto;padding:16px 24px 0;display:flex;flex-wrap:wrap;gap:4px 18px;"
      "font-size:.9rem";
  constexpr const char* link_style = "color:var(--accent,inherit);text-decoration:none";
  std::string navigation = fmt::format(R"(<nav aria-label="Site" style="{}">)", style);
  const auto add = [&](const std::string& address, const std::string& name, const char* attributes) {
    navigation +=
        fmt::format(R"(<a style="{}" href="{}"{}>{}</a>)", link_style, address, attributes, name);
  };
  add("../../index.html", "← All runs", "");
  add("../../trends/index.html", "Trends", "");
  add("../../compare/index.html#a=" + run.id, "Compare with another run", "");
  for (const char* file : {"run.json", "report.csv", "report.md", "report.junit.xml"}) {
    add(file, file, " download");
  }
  navigation += "</nav>\n";
  // The template's own tag, behind the link that skips all this: what a run holds is escaped and comes later.
  const std::size_t header = report.find("<header>");
  if (header == std::string::npos) return report;
  std::string with = report;
  with.insert(header, navigation);
  return with;
}

}  // namespace cuparity
