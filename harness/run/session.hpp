// Everything that is settled before the first trial: modes that work, the backend, GPUs made equal, the
// benchmarks.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/engine/engine.hpp"
#include "harness/plan/suite.hpp"
#include "harness/record/run.hpp"
#include "harness/run/progress.hpp"
#include "harness/run/trial_runner.hpp"

namespace cuparity {

struct Session;

/// The flags of `cuparity run`.
struct RunOptions {
  std::string suite;               ///< empty: quick, or that of the run that goes on
  std::vector<std::string> modes;  ///< empty: what this machine can do
  std::string image;               ///< empty: the default image
  std::filesystem::path out;       ///< empty: results/runs/<time>-<suite>
  std::filesystem::path resume;    ///< empty: a new run
  std::filesystem::path bin;       ///< folder of the native programs
  std::optional<std::uint64_t> seed;
  std::optional<int> blocks;
  std::string backend = "auto";
  std::string filter;
  std::vector<std::string> command;  ///< the whole command line, to be recorded
  /// The command that goes on after a stop, without --bin; empty: `cuparity run --resume DIR`, or none where `adjust_session` is
  /// given.
  std::vector<std::string> resume_command;
  /// Changes the session before its first trial, e.g. to run one mode in several arms. May be empty. A run
  /// that goes on needs the same changes, and `modes` as they were before them.
  std::function<void(Session&)> adjust_session;
  /// Adds to the record of a new run before its first trial; not asked where a run goes on. May be empty.
  std::function<void(Session&)> record_more;
  /// Asked before the first block and after each: how many blocks there are to be, e.g. what a time limit
  /// allows. May be empty: then the suite's number or `blocks` stands, and the suite's looks.
  std::function<int(int complete_blocks)> replan;
};

using EngineFactory = std::function<std::unique_ptr<Engine>(EngineKind kind, const std::string& image)>;

struct Session {
  Run run;
  std::map<EngineKind, std::unique_ptr<Engine>> engines;
  std::vector<Arm> arms;  ///< point into `engines`
  TrialSettings settings;
  std::string gpu_uuid;  ///< the GPU that is measured; empty on the CPU backend
};

/// `folder` exists and has an empty raw/; what the probes write there is removed again. Throws UsageError or
/// EnvironmentError; nothing has been measured then.
Session prepare_session(const RunOptions& options, const std::filesystem::path& folder,
                        const SuiteText& suite_text, const EngineFactory& make_engine, Progress& progress);

/// The session of the run in options.resume, with its trials so far. Throws UsageError where version, suite,
/// modes, programs or image are not those it began with.
Session resume_session(const RunOptions& options, const EngineFactory& make_engine, Progress& progress);

}  // namespace cuparity
