// For CI servers: a row is a test case; a leak fails it unless it must leak.
#include <fmt/format.h>

#include <algorithm>

#include "harness/access/access_formats.hpp"
#include "harness/record/access_json.hpp"
#include "harness/report/access_section.hpp"
#include "harness/report/text.hpp"
#include "harness/report/xml_text.hpp"

namespace cuparity {
namespace {

constexpr std::size_t text_limit = 2000;

std::string safe(const std::string& text) { return xml_escaped(shortened(text, text_limit)); }

std::string inside(const AccessRow& row) {
  if (row.verdict == AccessVerdict::skipped) return fmt::format("<skipped message=\"{}\"/>", safe(row.reason));
  const std::string sharing = sharing_text(row);
  const std::string output =
      fmt::format("<system-out>{}</system-out>", safe("asked " + row.mode + "; expected " + row.expected +
                                                      (sharing.empty() ? "" : "; " + sharing)));
  if (row.as_expected) return output;
  return fmt::format("<failure type=\"{}\" message=\"{}\"/>{}", to_string(row.verdict), safe(row.reason), output);
}

}  // namespace

std::string access_junit(const AccessTable& table) {
  std::string cases;
  for (const AccessRow& row : table.rows) {
    cases += fmt::format("    <testcase classname=\"access.{}\" name=\"{}\">{}</testcase>\n", safe(row.engine),
                         safe(row.name), inside(row));
  }
  const auto failures =
      std::count_if(table.rows.begin(), table.rows.end(), [](const AccessRow& row) { return !row.as_expected; });
  const auto skipped = std::count_if(table.rows.begin(), table.rows.end(), [](const AccessRow& row) {
    return row.verdict == AccessVerdict::skipped;
  });
  const std::string counts = fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\"",
                                         table.rows.size(), failures, skipped);
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"cuparity access\" {0}>\n"
                     "  <testsuite name=\"access\" {0}>\n{1}  </testsuite>\n</testsuites>\n",
                     counts, cases);
}

}  // namespace cuparity
