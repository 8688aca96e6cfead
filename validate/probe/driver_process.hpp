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

/// That of this process: its LD_LIBRARY_PATH counts.
DriverProcess own_driver_process(const std::filesystem::path& folder, std::chrono::milliseconds time_limit);

/// The program and its words, started through the loader where that lies beside it.
std::vector<std::string> driver_command(const DriverProcess& process, const std::vector<std::string>& words);

/// Becomes that command; returns only where it can't be started, with errno.
void become(const std::vector<std::string>& command);

/// Adds to `process.library_path` the folders that mounts bring, where no library is found without them. Returns the
/// answer to `words`.
nlohmann::json ask_where_found(DriverProcess& process, const std::vector<std::string>& words);

/// The JSON that `cuparity-probe-driver WORDS` printed; else {outcome: hung | crashed | failed, failure}.
nlohmann::json ask_driver(const DriverProcess& process, const std::vector<std::string>& words);

}  // namespace cuparity::probe
