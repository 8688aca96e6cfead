// Which benchmarks and tests of a build a suite and a filter select.
#pragma once

#include <string>
#include <vector>

namespace cuparity {

/// The names in the output of `cuparity-bench --benchmark_list_tests`, without Google Benchmark's suffixes;
/// other lines (messages) are passed over.
std::vector<std::string> parse_benchmark_list(const std::string& output);

/// Those of `names` that are not in `in`.
std::vector<std::string> missing_in(const std::vector<std::string>& names, const std::vector<std::string>& in);

struct Selection {
  std::vector<std::string> benchmarks;          ///< in the order of the build
  std::vector<std::string> unmatched_patterns;  ///< of the suite, for a note
};

/// `patterns` match whole names; `filter`, unless empty, is searched in them. Throws UsageError where nothing
/// is left, with the nearest names, or `filter` is no regular expression.
Selection select_benchmarks(const std::vector<std::string>& available,
                            const std::vector<std::string>& patterns, const std::string& filter);

/// A regular expression for --benchmark_filter that matches exactly these benchmarks, whatever suffixes
/// Google Benchmark adds to their names.
std::string exact_filter(const std::vector<std::string>& benchmarks);

/// Those of the regular expressions that are found in none of the names.
std::vector<std::string> found_in_none(const std::vector<std::string>& patterns, const std::vector<std::string>& names);

/// The patterns of a GoogleTest filter that name tests to run, not those after its '-', and match none of `tests`.
std::vector<std::string> unmatched_test_patterns(const std::string& filter, const std::vector<std::string>& tests);

}  // namespace cuparity
