// A suite: which benchmarks, how often, how long, and how much difference matters. A YAML file.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cuparity {

struct Suite {
  std::string name;
  std::string description;
  int blocks = 12;
  std::vector<int> looks;  ///< ascending block counts with a verdict; the last is `blocks`
  std::map<std::string, double>
      margins;  ///< regular expression on the benchmark's name, or "default" -> relative margin
  std::vector<std::string> per_clock;  ///< regular expressions on names: compared in clock cycles where counted
  int time_limit_seconds = 120;    ///< for one process
  int repetitions = 5;             ///< Google Benchmark's, in one process
  double min_time_seconds = 0.05;  ///< Google Benchmark's, for one repetition
  bool startup = false;            ///< a startup trial a mode in every block
  std::string validate;            ///< GoogleTest filter of the validation trial; empty: none
  std::map<std::string, std::vector<std::string>>
      benchmarks;  ///< backend -> regular expressions on whole names
};

/// `file_name` stands in front of the errors. Throws UsageError "file:line: what is wrong; what to write".
Suite parse_suite(const std::string& yaml, const std::string& file_name);

/// Names of the suites that are part of the program, shortest first.
std::vector<std::string> builtin_suite_names();

/// The YAML text of a built-in suite. Throws UsageError listing the names.
std::string builtin_suite_text(const std::string& name);

/// The YAML text behind `--suite`: a built-in name, or the path of a file (it holds a '/' or ends in .yaml or
/// .yml).
struct SuiteText {
  std::string yaml;
  std::string file_name;
};
SuiteText load_suite_text(const std::string& name_or_path);

/// Block counts at which a verdict is given when the user asks for `blocks` instead of the suite's number:
/// the suite's looks below it, then `blocks` itself.
std::vector<int> looks_for_blocks(const std::vector<int>& suite_looks, int blocks);

}  // namespace cuparity
