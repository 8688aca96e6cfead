// The driver's libraries are loaded in a process of their own, which is ended at a time limit: a driver call may
// hang or crash. That program is dynamic; it is started through the loader and C library that lie beside it, so that
// the image needs none.
#pragma once

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace cuparity::probe {

struct DriverProcess {
  std::filesystem::path folder;           ///< with cuparity-probe-driver and, as a rule, the loader
  std::vector<std::string> library_path;  ///< folders for the linker before its own
  std::chrono::milliseconds time_limit{10000};
};

/// The JSON that `cuparity-probe-driver WORDS` printed; else {outcome: hung | crashed | failed, failure}.
nlohmann::json ask_driver(const DriverProcess& process, const std::vector<std::string>& words);

}  // namespace cuparity::probe
