// What makes times comparable: the machine and the software that were measured.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace cuparity {

using Environment = std::map<std::string, std::string>;

/// Hardware and driver: what a fingerprint of a series of runs is made of.
const std::vector<std::string>& machine_keys();
/// The runtime, libraries and image that were measured.
const std::vector<std::string>& software_keys();

/// The key and both values of machine_keys() and software_keys() that both sides know and that differ,
/// "gpu_uuid differs: GPU-1 against GPU-2", `may_differ` left out: times are then not comparable.
std::vector<std::string> fingerprint_differences(const Environment& baseline, const Environment& candidate,
                                                 const std::set<std::string>& may_differ);

/// The same for everything that may explain a difference, also where one side does not know it.
std::vector<std::string> environment_notes(const Environment& baseline, const Environment& candidate);

/// One line of the machine_keys() that are known, "gpu_name=NVIDIA H200; driver_version=580.1"; equal texts
/// mean comparable machines. Host hardware is part of it where no GPU was measured.
std::string machine_fingerprint(const Environment& environment);

}  // namespace cuparity
