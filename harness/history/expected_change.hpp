// Changes that a person has looked at and accepted, in a file beside the code that a reviewer sees.
#pragma once

#include <filesystem>
#include <regex>
#include <string>
#include <vector>

namespace cuparity {

struct ExpectedChange {
  std::string pattern;  ///< as in the file
  std::regex benchmark;
  double bound = 0;     ///< the largest relative slow-down that is accepted, 0.05 for 5 %
  std::string reason;
  std::string until;    ///< last day on which it holds, YYYY-MM-DD; empty: for ever
  std::string since;    ///< day from which the history begins a new regime; empty: it does not
  std::string place;    ///< "file:line", for messages
};

/// A YAML file:
///   expected_changes:
///     - benchmark: "^gemm/own/"     # regular expression, searched in the name
///       bound: 5 %                  # or 0.05
///       reason: "bounds check, issue 123"
///       until: 2026-12-31           # not needed
///       since: 2026-11-20           # not needed
/// Throws UsageError "file:line: what is wrong".
std::vector<ExpectedChange> read_expected_changes(const std::filesystem::path& file);
std::vector<ExpectedChange> parse_expected_changes(const std::string& yaml, const std::string& file_name);

}  // namespace cuparity
