// The mark that every container of a run bears, so that a later part of the run finds what a killed one left running.
#pragma once

#include <filesystem>
#include <string>

namespace cuparity {

/// "cuparity.run=0123456789abcdef": the same for one folder on one machine by whatever path, another for every other. Throws
/// EnvironmentError where the folder is not there.
std::string run_label(const std::filesystem::path& folder);

}  // namespace cuparity
