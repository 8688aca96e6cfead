// Every check of the doctor: one function, one file here, its test beside it, one line in the list below.
#pragma once

#include <vector>

#include "harness/doctor/doctor.hpp"
#include "harness/doctor/probe.hpp"

namespace cuparity {

using Findings = std::vector<Finding>;

/// Pure: judges what was gathered and looks at nothing else. Adds at least one finding where it has something
/// to judge, also when all is well.
using Check = void (*)(const Probe& probe, Findings& findings);

void check_driver(const Probe& probe, Findings& findings);
void check_device_nodes(const Probe& probe, Findings& findings);
void check_driver_libraries(const Probe& probe, Findings& findings);
void check_nvml(const Probe& probe, Findings& findings);
void check_cuda(const Probe& probe, Findings& findings);
void check_engines(const Probe& probe, Findings& findings);
void check_docker(const Probe& probe, Findings& findings);
void check_podman(const Probe& probe, Findings& findings);
void check_toolkit(const Probe& probe, Findings& findings);
void check_cdi(const Probe& probe, Findings& findings);
void check_image(const Probe& probe, Findings& findings);
void check_access(const Probe& probe, Findings& findings);
void check_container(const Probe& probe, Findings& findings);
/// After all others: what they told is not told again.
void check_known_problems(const Probe& probe, Findings& findings);

/// All of them, in the order in which a GPU reaches a container.
inline constexpr Check all_checks[] = {
    check_driver,  check_device_nodes, check_driver_libraries, check_nvml,    check_cuda,
    check_engines, check_docker,       check_podman,           check_toolkit, check_cdi,
    check_image,   check_access,       check_container, check_known_problems};

// What several checks ask.

/// An NVIDIA GPU is in this machine, or given to this container, whether or not it works.
bool gpu_expected(const Probe& probe);
bool in_container(const Probe& probe);
/// Of an engine that does not answer. One that works is enough: without `other` it is an error. In a container its client
/// alone is there, mostly.
Severity silence_severity(const Probe& probe, const std::string& other);
/// /dev/nvidia followed by digits alone.
bool is_gpu_node(const DeviceNode& node);
/// "a, b and 3 more".
std::string listed(const std::vector<std::string>& names, std::size_t limit);
/// The steps of a fix, `then` after `first`.
std::vector<std::string> followed_by(std::vector<std::string> first, const std::vector<std::string>& then);

}  // namespace cuparity
