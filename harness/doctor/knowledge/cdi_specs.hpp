// CDI specifications beside one another: which of them an engine uses, and how one is written anew.
#pragma once

#include <string>
#include <vector>

#include "harness/doctor/probe.hpp"

namespace cuparity {

/// Empty, or what is no longer true of `spec`.
std::string staleness(const Probe& probe, const CdiSpec& spec);

/// The path of a specification in a folder of higher priority that defines every device of `spec`, too, so that no
/// engine uses this one; empty: it is used.
std::string shadowed_by(const Probe& probe, const CdiSpec& spec);

/// Devices that two specifications of one folder define: engines drop such a device. "nvidia.com/gpu=0 (FILE, FILE)".
std::vector<std::string> conflicting_devices(const Probe& probe);

/// The specification that nvidia-ctk writes: of kind nvidia.com/gpu, or called so where it can't be read.
bool is_for_gpus(const CdiSpec& spec);

/// Steps that write this very file anew: one in another folder need not count. nvidia-ctk only writes what
/// is_for_gpus().
std::vector<std::string> write_anew(const CdiSpec& spec);

/// The same for one that calls a hook that is not there.
std::vector<std::string> bring_hook_back(const CdiSpec& spec);

/// Commands that write a specification where there is none.
std::vector<std::string> write_first(const Probe& probe);

/// The same where no machine was looked at.
std::vector<std::string> write_somewhere();

}  // namespace cuparity
