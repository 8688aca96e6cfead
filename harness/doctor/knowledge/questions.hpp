// What several signs ask of a probe.
#pragma once

#include <string>

#include "harness/doctor/probe.hpp"

namespace cuparity {

/// `text` holds a version, e.g. "20.10.24+dfsg1" or "docker-compose version 1.25.0". False where it holds none.
bool version_at_least(const std::string& text, int major, int minor, int patch = 0);
bool version_below(const std::string& text, int major, int minor, int patch = 0);

/// Bit `bit` of the effective capabilities is set; false where they are not known.
bool has_capability(const Probe& probe, int bit);
bool capabilities_known(const Probe& probe);

/// "" where it is not set.
std::string inside_variable(const Probe& probe, const std::string& name);

/// NVIDIA_DRIVER_CAPABILITIES of this container where it leaves `capability` out, as evidence; empty: it does not,
/// or it does not count, because the GPU came by CDI.
std::string lacks_driver_capability(const Probe& probe, const std::string& capability);

/// A node of the driver's that is refused with this errno, e.g. "EPERM"; nullptr: none is.
const DeviceNode* refused_node(const Probe& probe, const std::string& error);

/// The Docker that answers; nullptr: there is none.
const EngineFacts* working_docker(const Probe& probe);

/// The CUDA that an NVIDIA_REQUIRE_CUDA asks for where its major version is above what the driver allows, as evidence;
/// empty: it fits, or one of the two is not known. A newer minor version alone runs (CUDA's minor version
/// compatibility, docs.nvidia.com/deploy/cuda-compatibility).
std::string driver_below_required_cuda(const Probe& probe);

bool is_snap(const EngineFacts& engine);

/// The path of a hook that this machine's Docker takes for --gpus: the toolkit's own, or CDI's from 29.2 on; empty: it has none.
std::string docker_hook(const Probe& probe);

/// The command that restarts this machine's Docker.
std::string restart_docker(const Probe& probe);

}  // namespace cuparity
