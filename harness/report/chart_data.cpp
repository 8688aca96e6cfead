#include "harness/report/chart_data.hpp"

#include <algorithm>
#include <cmath>

#include "environment/nvml.hpp"
#include "harness/report/rounded.hpp"
#include "harness/report/text.hpp"

namespace cuparity {
namespace {

using nlohmann::json;

json events_of(const TelemetryCurve& curve, std::vector<std::string>& reasons) {
  json events = json::array();
  for (std::size_t i = 0; i < curve.seconds.size(); ++i) {
    if (std::isnan(curve.clocks_event_reasons[i])) continue;
    const auto mask = static_cast<std::uint64_t>(curve.clocks_event_reasons[i]);
    for (const std::string& name : environment::clocks_event_reason_names(mask)) {
      auto found = std::find(reasons.begin(), reasons.end(), name);
      if (found == reasons.end()) found = reasons.insert(found, name);
      events.push_back({rounded(curve.seconds[i], 6), found - reasons.begin()});
    }
  }
  return events;
}

}  // namespace

json startup_data(const StartupTable& table) {
  json data = {{"modes", json::array()}, {"phases", json::array()}};
  for (const std::string& mode : table.modes) data["modes"].push_back(shortened(mode, 60));
  for (const StartupPhase& phase : table.phases) {
    if (phase.sum) continue;
    json seconds = json::array();
    for (const auto& value : phase.values) seconds.push_back(value ? rounded(value->seconds, 6) : json(nullptr));
    data["phases"].push_back({{"name", phase.name}, {"seconds", seconds}});
  }
  return data;
}

json telemetry_data(const std::vector<TelemetryCurve>& curves) {
  json data = {{"modes", json::array()}};
  std::vector<std::string> reasons;
  for (const TelemetryCurve& curve : curves) {
    json mode = {{"mode", shortened(curve.mode, 60)},
                 {"seconds", rounded(curve.seconds, 6)},
                 {"events", events_of(curve, reasons)}};
    for (const auto& [name, values] : curve.values) mode[name] = rounded(values, 4);
    data["modes"].push_back(std::move(mode));
  }
  data["reasons"] = reasons;
  return data;
}

}  // namespace cuparity
