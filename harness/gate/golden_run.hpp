// The stored golden image or programs re-run today, interleaved with the candidate's: the primary gate.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/gate/gate.hpp"
#include "harness/run/run_command.hpp"

namespace cuparity {

struct GoldenOptions {
  std::string golden;     ///< an image, or a folder with cuparity-bench (or that program itself)
  std::string candidate;  ///< the same kind of thing
  std::string mode;       ///< for images: how both get the GPU; empty: docker:--gpus=all
  std::vector<std::string> margins;  ///< above the suite's, as in margins_with()
  RunOptions run;         ///< suite, blocks, backend, filter, seed, out
  /// Makes an engine for an image (containers) or a folder of programs (native).
  std::function<std::unique_ptr<Engine>(EngineKind, const std::string& image, const std::filesystem::path& bin)>
      make_engine;
};

/// The folder of the programs that `name` means; empty: it is an image's name.
std::filesystem::path program_folder(const std::string& name);

/// Runs a suite with the arms "golden" and "candidate" and judges it; the run stays in options.run.out.
/// Benchmarks that only one of them has are listed. Throws UsageError (an image against programs, no benchmark
/// in common) or EnvironmentError.
GateResult gate_on_golden(const GoldenOptions& options, const RunSurroundings& surroundings);

}  // namespace cuparity
