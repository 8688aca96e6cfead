// The experiment that would confirm a cause: the container once more, with one thing as the baseline has it.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/access/access_mode.hpp"
#include "harness/explain/environment_difference.hpp"
#include "harness/explain/known_influences.hpp"

namespace cuparity {

struct Experiment {
  std::string flags;  ///< of the engine, as one would type them
  std::string mode;   ///< the candidate's mode with them, for parse_access_mode()
};

/// The host's files that a library is made of: soname -> real file, for the soname of `path` and those of its
/// parts in the same folder ("libcudnn_ops.so.9" for "libcudnn.so.9").
std::vector<std::pair<std::string, std::filesystem::path>> library_parts(const std::filesystem::path& path);

/// Nothing where no flag can do it: the candidate is no container, the baseline lacks the value, a library's
/// major version differs, a GPU is not asked for by --gpus or CDI.
std::optional<Experiment> experiment_for(ExperimentKind kind, const EnvironmentDifference& difference,
                                         const Run& run, const std::string& baseline,
                                         const std::string& candidate);

/// The mode with `removed` flags (each takes a value) taken out and `added` words put at the end. Its text is
/// what parse_access_mode() reads.
AccessMode changed_mode(const AccessMode& mode, const std::vector<std::string>& removed,
                        const std::vector<std::string>& added);

}  // namespace cuparity
