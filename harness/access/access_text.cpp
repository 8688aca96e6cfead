// For a terminal: two lines a row, and why where it is not a pass.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/access/access_formats.hpp"
#include "harness/record/access_json.hpp"
#include "harness/report/access_section.hpp"
#include "harness/report/text.hpp"

namespace cuparity {
namespace {

std::string list(const std::vector<std::string>& items) {
  return items.empty() ? "-" : fmt::format("{}", fmt::join(items, " "));
}

std::string row_text(const AccessRow& row) {
  std::string text = fmt::format("{:8} {:14} {}\n", verdict_text(row), row.engine, clean_text(row.name));
  text += fmt::format("         asked     {}\n", clean_text(row.mode));
  if (!row.expected.empty()) text += fmt::format("         expected  {}\n", clean_text(row.expected));
  if (!row.injection_path.empty()) {
    text += fmt::format("         seen      nodes {}; NVML {}; CUDA {}; injected by {}\n", list(row.node_gpus),
                        list(row.nvml_gpus), list(row.cuda_gpus), row.injection_path);
    if (!row.libraries.empty()) text += fmt::format("         libraries {}\n", clean_text(list(row.libraries)));
    text += fmt::format("         confined  {}\n", row.capabilities);
  }
  if (const std::string sharing = sharing_text(row); !sharing.empty())
    text += fmt::format("         shared    {}\n", clean_text(sharing));
  if (!row.reason.empty()) text += fmt::format("         why       {}\n", clean_text(row.reason));
  for (const std::string& note : row.notes) text += fmt::format("         note      {}\n", clean_text(note));
  return text;
}

}  // namespace

std::string verdict_text(const AccessRow& row) {
  const bool wanted = row.verdict == AccessVerdict::leak && row.as_expected;
  return to_string(row.verdict) + (wanted ? " (as it must)" : "");
}

std::string access_summary(const AccessTable& table) {
  const auto count = [&](AccessVerdict verdict, bool as_expected) {
    return std::count_if(table.rows.begin(), table.rows.end(), [&](const AccessRow& row) {
      return row.verdict == verdict && row.as_expected == as_expected;
    });
  };
  return fmt::format("{} rows: {} pass, {} fail, {} leak, {} leak as they must, {} skipped", table.rows.size(),
                     count(AccessVerdict::pass, true), count(AccessVerdict::fail, false),
                     count(AccessVerdict::leak, false), count(AccessVerdict::leak, true),
                     count(AccessVerdict::skipped, true));
}

std::string access_text(const AccessTable& table) {
  std::string text = fmt::format("image {}; engines: {}\n", table.image, fmt::join(table.engines, "; "));
  if (table.host.gpus.empty())
    text += fmt::format("this host has no GPU: rows that need one are skipped; isolation is shown with {}\n",
                        table.host.stand_in.empty() ? "nothing" : table.host.stand_in);
  for (const HostGpu& gpu : table.host.gpus)
    text += fmt::format("GPU {} {} {} /dev/nvidia{}\n", gpu.index, gpu.uuid, gpu.pci_bus_id, gpu.minor);
  text += "\n";
  for (const AccessRow& row : table.rows) text += row_text(row);
  return text + "\n" + access_summary(table) + "\n";
}

}  // namespace cuparity
