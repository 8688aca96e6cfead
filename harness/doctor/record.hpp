// A probe as a file: for a colleague who can't reach the machine.
#pragma once

#include <string>

#include "harness/doctor/probe.hpp"

namespace cuparity {

/// Without this machine's and its users' names, serial numbers, addresses and GPU UUIDs (numbered instead).
/// Paths stay, they are evidence; a home folder becomes /home/[user].
nlohmann::json record_of(const Probe& probe);

/// The same as text.
std::string record_text(const Probe& probe);

/// Throws EnvironmentError where the file can't be written.
void write_record(const Probe& probe, const std::string& file);

/// Throws UsageError: not there, no JSON, not a probe, a newer one.
Probe read_record(const std::string& file);

}  // namespace cuparity
