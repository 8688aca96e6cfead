// Starts cuparity-probe under a mode and reads what it saw.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/access/access_host.hpp"
#include "harness/access/judge_access.hpp"
#include "harness/access/memory_holder.hpp"
#include "harness/engine/engine.hpp"

namespace cuparity {

/// Where the probe's folder is mounted in a container.
inline constexpr const char* probe_folder_inside = "/cuparity-probe";

/// The folder with cuparity-probe that belongs to this program: ../probe beside its own folder. Throws
/// EnvironmentError where it is not there.
std::filesystem::path find_probe_folder();

/// Arguments that make the probe ask for every GPU of the host, for the stand-in, and for memory that it must not get.
std::vector<std::string> probe_arguments(const AccessHost& host, const ForeignMemory& memory = {});

/// A request for the probe; `arguments` follow its name. Runs as root inside, since making nodes needs that.
ProcessRequest probe_request(const std::filesystem::path& probe_folder, bool container,
                             const std::filesystem::path& output_folder, std::vector<std::string> arguments);

/// `folder` is an empty one on the host that the container may write to.
AccessAttempt attempt_access(Engine& engine, const AccessMode& mode, const std::filesystem::path& probe_folder,
                             const std::filesystem::path& folder, const AccessHost& host,
                             const ForeignMemory& memory = {});

/// Reads what the probe wrote to `file`, and removes it.
AccessAttempt read_attempt(const ProcessResult& result, const std::filesystem::path& file);

}  // namespace cuparity
