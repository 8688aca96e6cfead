// What a gate found, for people and for CI servers. One function a format.
#pragma once

#include <string>
#include <vector>

#include "harness/gate/gate.hpp"

namespace cuparity {

/// Results in the order in which they were made: golden or baseline, then history. Never empty.
using GateResults = std::vector<GateResult>;

/// The exit code of all: wrong or slower first, then inconclusive.
int exit_code_of(const GateResults& results);

/// Stands below the table of a gate's text and Markdown.
inline constexpr const char* effect_legend =
    "effect: how much longer it takes, + is slower; estimated from all values, so it need not be the ratio of before and now";

/// What is to be said of a benchmark beside its numbers; empty: nothing. A reason says by itself what was compared.
std::string gate_reason(const GateEntry& entry);

/// `what` of the result, with its mode where it has one: two modes may have the same to say.
std::string in_mode(const GateResult& result, const std::string& what);

std::string gate_as_text(const GateResults& results);
std::string gate_as_json(const GateResults& results);

/// A test suite a result, a test case a benchmark: slower fails it, wrong and invalid are errors, inconclusive
/// counts as skipped.
std::string gate_as_junit(const GateResults& results);

/// Markdown for a pull request or GitHub's step summary.
std::string gate_as_markdown(const GateResults& results);

/// GitHub workflow commands, one a line: ::error for what fails, ::warning for what could not be decided and
/// for warnings, ::notice for expected changes.
std::string gate_as_github_annotations(const GateResults& results);

/// GitLab's code quality report: a JSON array of what does not pass.
std::string gate_as_gitlab(const GateResults& results);

}  // namespace cuparity
