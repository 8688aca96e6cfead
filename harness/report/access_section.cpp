#include "harness/report/access_section.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>

#include "harness/record/access_json.hpp"
#include "harness/report/text.hpp"
#include "harness/report/xml_text.hpp"

namespace cuparity {
namespace {

constexpr std::size_t cell_limit = 600;
constexpr std::array<const char*, 9> headings = {"row",  "engine", "asked for", "nodes",   "NVML",
                                                 "CUDA", "driver libraries", "injected by", "verdict"};

std::string list(const std::vector<std::string>& items) {
  return items.empty() ? "–" : fmt::format("{}", fmt::join(items, ", "));
}

std::array<std::string, 9> cells(const AccessRow& row) {
  const bool wanted = row.verdict == AccessVerdict::leak && row.as_expected;
  return {row.name,
          row.engine,
          row.mode,
          list(row.node_gpus),
          list(row.nvml_gpus),
          list(row.cuda_gpus),
          list(row.libraries),
          row.injection_path.empty() ? "–" : row.injection_path,
          to_string(row.verdict) + (wanted ? " (as it must)" : "")};
}

/// What explains a row: why, what was expected and how it is confined.
std::string remark(const AccessRow& row) {
  std::string text = row.reason;
  const auto add = [&](const std::string& part) {
    if (!part.empty()) text += (text.empty() ? "" : "; ") + part;
  };
  if (row.verdict != AccessVerdict::skipped) add("expected " + row.expected);
  add(row.capabilities);
  for (const std::string& note : row.notes) add(note);
  return text;
}

std::string escaped_markdown(const std::string& text) {
  std::string escaped;
  for (const char c : shortened(text, cell_limit)) {
    if (c == '<') escaped += "&lt;";
    else if (c == '&') escaped += "&amp;";
    else if (c == '@') escaped += "@<!-- -->";
    else if (std::string("\\`*_{}[]#|~!$>").find(c) != std::string::npos) escaped += std::string("\\") + c;
    else escaped += c;
  }
  return escaped;
}

/// "IPC opened: GPU-b", "IPC refused with CUDA_ERROR_INVALID_DEVICE (101): GPU-b"; one for each outcome.
std::vector<std::string> ipc_outcomes(const AccessRow& row) {
  std::map<std::string, std::set<std::string>> gpus;
  for (const IpcAttempt& attempt : row.ipc) {
    const std::string outcome = !attempt.tried()   ? fmt::format("IPC not tried, {} says", attempt.called)
                                : attempt.opened() ? "IPC opened"
                                                   : "IPC refused with";
    const std::string result = attempt.tried() && attempt.opened()
                                   ? "" : fmt::format(" {} ({})", attempt.result, attempt.code);
    gpus[outcome + result].insert(attempt.gpu);
  }
  std::vector<std::string> outcomes;
  for (const auto& [outcome, uuids] : gpus) outcomes.push_back(fmt::format("{}: {}", outcome, fmt::join(uuids, " ")));
  return outcomes;
}

}  // namespace

std::string sharing_text(const AccessRow& row) {
  std::vector<std::string> parts = ipc_outcomes(row);
  if (!row.ipc_not_tried.empty()) parts.push_back("IPC not tried: " + row.ipc_not_tried);
  const auto possible = std::count_if(row.peers.begin(), row.peers.end(), std::mem_fn(&PeerAccess::possible));
  if (!row.peers.empty())
    parts.push_back(fmt::format("P2P possible between {} of {} pairs of visible GPUs", possible, row.peers.size()));
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string access_rows_markdown(const std::vector<AccessRow>& rows) {
  std::string text = fmt::format("| {} |\n|{}\n", fmt::join(headings, " | "), ":--|:--|:--|:--|:--|:--|:--|:--|:--|");
  for (const AccessRow& row : rows) {
    text += "|";
    for (const std::string& cell : cells(row)) text += " " + escaped_markdown(cell) + " |";
    text += "\n";
  }
  text += "\n";
  for (const AccessRow& row : rows) {
    text += fmt::format("- **{}**, {}: {}\n", escaped_markdown(row.name), escaped_markdown(row.engine),
                        escaped_markdown(remark(row)));
    if (const std::string sharing = sharing_text(row); !sharing.empty())
      text += fmt::format("  - {}\n", escaped_markdown(sharing));
  }
  return text;
}

std::string access_section_markdown(const std::vector<AccessRow>& rows) {
  return rows.empty() ? "" : "\n<details><summary>Access</summary>\n\n" + access_rows_markdown(rows) + "\n</details>\n";
}

std::string access_section_html(const std::vector<AccessRow>& rows) {
  if (rows.empty()) return "";
  const auto safe = [](const std::string& text) { return xml_escaped(shortened(text, cell_limit)); };
  std::string html =
      "<section aria-labelledby=\"access-title\">\n<h2 id=\"access-title\">Access</h2>\n<div class=\"scroll\" "
      "tabindex=\"0\" role=\"region\" aria-labelledby=\"access-title\">\n<table id=\"access\">\n<thead><tr>";
  for (const char* heading : headings) html += fmt::format("<th scope=\"col\">{}</th>", heading);
  html += "<th scope=\"col\">why</th></tr></thead>\n<tbody>\n";
  for (const AccessRow& row : rows) {
    const auto texts = cells(row);
    html += fmt::format("<tr><th scope=\"row\"><bdi>{}</bdi></th>", safe(texts.front()));
    for (std::size_t i = 1; i < texts.size(); ++i) html += fmt::format("<td><bdi>{}</bdi></td>", safe(texts[i]));
    const std::string sharing = sharing_text(row);
    html += fmt::format("<td><bdi>{}</bdi>{}</td></tr>\n", safe(remark(row)),
                        sharing.empty() ? "" : fmt::format("<br><bdi>{}</bdi>", safe(sharing)));
  }
  return html + "</tbody>\n</table>\n</div>\n</section>\n";
}

}  // namespace cuparity
