// The relative difference below which a benchmark counts as the same.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace cuparity {

/// Kernels, copies and GEMM 1 %, launch latency 2 %, start-up phases 10 %: Run.margins where a suite says
/// nothing.
std::map<std::string, double> default_margins();

/// The margin of `benchmark` (its short_name): that of the regular expression found in it, of the longest one
/// where several are; else "default"; else 1 %. Throws UsageError on a bad expression or a margin that is not
/// above 0. An empty map means default_margins().
double margin_of(const std::string& benchmark, const std::map<std::string, double>& margins);

/// "5 %", "0.5%" or "0.05" -> 0.05. Throws UsageError; `what` begins the message.
double parse_share(const std::string& text, const std::string& what);

/// As parse_share(), but from 1e-9 to below 1; `option` ("--margin 5%") begins the message of the UsageError.
double parse_margin(const std::string& option, const std::string& share);

/// Whether one of the regular expressions is found in `benchmark` (its short_name). Throws UsageError on a bad one.
bool is_per_clock(const std::string& benchmark, const std::vector<std::string>& per_clock);

}  // namespace cuparity
