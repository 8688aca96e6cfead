#include <nlohmann/json.hpp>

#include "harness/access/access_formats.hpp"
#include "harness/record/access_json.hpp"

namespace cuparity {

std::string access_json(const AccessTable& table) {
  using nlohmann::json;
  json gpus = json::array();
  for (const HostGpu& gpu : table.host.gpus) {
    gpus.push_back({{"index", gpu.index}, {"uuid", gpu.uuid}, {"pci_bus_id", gpu.pci_bus_id},
                    {"minor", gpu.minor}, {"mig_uuids", gpu.mig_uuids}});
  }
  json rows = json::array();
  for (const AccessRow& row : table.rows) rows.push_back(to_json(row));
  const json document = {{"format", "cuparity-access"},
                         {"schema_version", 1},
                         {"version", CUPARITY_VERSION},
                         {"image", table.image},
                         {"engines", table.engines},
                         {"gpus", gpus},
                         {"driver_version", table.host.driver_version},
                         {"stand_in", table.host.stand_in},
                         {"as_expected", table.as_expected()},
                         {"rows", rows}};
  return document.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace cuparity
