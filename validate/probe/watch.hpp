// Keeps looking whether device nodes still open, and says so the moment that changes.
#pragma once

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace cuparity::probe {

/// Path -> "ok" or errno's name.
using Opening = std::vector<std::pair<std::string, std::string>>;

struct Watch {
  std::function<Opening()> look;
  std::function<void(const nlohmann::json& line)> say;
  std::function<bool()> go_on;  ///< waits until the next look; false: the end
  std::function<double()> now;  ///< seconds since the machine started (CLOCK_BOOTTIME), the same in any container
};

/// Says {event: "start" | "change" | "end", at, lost: whether a node that opened at the start no longer does,
/// opens: {path: outcome}}; at a change only the paths that changed.
void watch(const Watch& watch);

}  // namespace cuparity::probe
