// For a pull request, a step's summary or a document.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/access/access_formats.hpp"
#include "harness/record/access_json.hpp"
#include "harness/report/access_section.hpp"
#include "harness/report/text.hpp"

namespace cuparity {

std::string access_markdown(const AccessTable& table) {
  std::string text = fmt::format("# Access: {}\n\nImage `{}`. Engines: {}.\n", access_summary(table),
                                 clean_text(table.image), fmt::join(table.engines, "; "));
  if (table.host.gpus.empty())
    text += fmt::format("\nThis host has no GPU: rows that need one are skipped; isolation is shown with `{}`.\n",
                        table.host.stand_in);
  else
    text += "\n| GPU | UUID | PCI | node |\n|--:|:--|:--|:--|\n";
  for (const HostGpu& gpu : table.host.gpus)
    text += fmt::format("| {} | {} | {} | /dev/nvidia{} |\n", gpu.index, gpu.uuid, gpu.pci_bus_id, gpu.minor);
  return text + "\n" + access_rows_markdown(table.rows);
}

}  // namespace cuparity
