// What is known to go wrong between a GPU and a container: one entry a cause, in one table a topic.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/doctor/doctor.hpp"
#include "harness/doctor/probe.hpp"

namespace cuparity {

/// What a probe says about a cause.
struct Sign {
  enum class Says { nothing, present, absent };
  Says says = Says::nothing;
  std::string evidence;  ///< what was seen, empty where it says nothing
};

Sign present(std::string evidence);
Sign absent(std::string evidence);
/// present(evidence) if `condition`, else it says nothing.
Sign present_if(bool condition, const std::string& evidence);

/// Phrases that must all be in a text (SqueezedText::find); one that begins with '!' must not.
using Signature = std::vector<const char*>;

/// What one says whose PyTorch sees no GPU; not the mere name in a line of code.
inline constexpr const char* torch_sees_no_gpu =
    "torch.cuda.is_available()false|torch.cuda.is_available())false|torch.cuda.is_available*is false|"
    "torch.cuda.is_available*returns false";

struct KnownProblem {
  const char* id = "";     ///< stable
  const char* where = "";  ///< "engine-start", "in-container-driver", "in-container-runtime", "multi-gpu", "perf", "build"
  Severity severity = Severity::error;  ///< for who meets it
  std::optional<Severity> unasked = {};  ///< for who did not complain, where the probe shows it; nothing: not told
  bool without_gpu = false;                ///< told on a host without a GPU, too
  const char* summary = "";
  const char* cause = "";
  const char* check = "";  ///< what to run, and what its answer says for or against this cause
  std::vector<std::string> fix = {};
  /// The fix with this machine's own names; where it has none to say, `fix` counts.
  std::vector<std::string> (*fix_here)(const Probe& probe) = nullptr;
  std::vector<Signature> texts = {};     ///< any of them
  std::vector<const char*> hints = {};   ///< phrases that make it likelier where a text has several causes
  Sign (*sign)(const Probe& probe) = nullptr;
  const char* source = "";  ///< where it was reported
};

using KnownProblems = std::vector<KnownProblem>;

// The tables. Where a text has several causes and nothing else decides, known_problems()'s order does.
const KnownProblems& driver_problems();
const KnownProblems& device_problems();
const KnownProblems& toolkit_problems();
const KnownProblems& hook_problems();
const KnownProblems& engine_problems();
const KnownProblems& cdi_problems();
const KnownProblems& image_problems();
const KnownProblems& cuda_problems();
const KnownProblems& library_problems();
const KnownProblems& limit_problems();
const KnownProblems& cluster_problems();
const KnownProblems& setup_problems();
const KnownProblems& module_problems();

/// All of them.
const std::vector<const KnownProblem*>& known_problems();

/// nullptr where there is no such id.
const KnownProblem* find_problem(const std::string& id);

/// A finding in the table's words; `probe` may be nullptr: no machine was looked at. Throws std::logic_error on an id
/// that no table has.
Finding known_finding(const std::string& id, Severity severity, std::string evidence, const Probe* probe);

}  // namespace cuparity
