// cuparity's own flags; everything else on the command line is Google Benchmark's.
#pragma once

#include <list>
#include <stdexcept>
#include <string>

namespace cuparity {

/// A flag that can't be understood: one line that says what is accepted.
struct OptionError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

struct Options {
  std::string backend = "auto";  ///< auto, cuda or cpu
  bool version = false;          ///< --version: print it and do no more
  bool list_only = false;        ///< Google Benchmark will list the rows and run none
  double inject_slowdown = 0;    ///< share by which each time is made longer, 0.02 for 2 %
  std::string inject_wrong;      ///< regular expression on row names; empty: none
  std::string json_file;         ///< that Google Benchmark will write (--benchmark_out); empty: none, or another format
  /// Arguments that were rewritten for Google Benchmark; argv points into them.
  std::list<std::string> rewritten;

  Options() = default;
  Options(Options&&) = default;  // a list keeps its elements in place when it moves, a copy would not

  /// What was injected, for people and for the record; empty if nothing was.
  std::string injected() const;
};

/// A minimum time as Google Benchmark wants it: from 1.8 on with the suffix "s" (without it every row writes
/// a warning), before without (it does not start). What is not a number of seconds stays as it is.
std::string minimum_time_text(const std::string& value, bool with_suffix);

/// Whether this Google Benchmark wants the suffix.
bool minimum_time_has_suffix();

/// Takes cuparity's flags out of `argc` and `argv`, and rewrites --benchmark_min_time so that both spellings
/// work with every Google Benchmark. The Options must live as long as `argv` is read. Throws OptionError.
Options take_options(int& argc, char** argv);

/// The text of --help on cuparity's flags.
std::string options_help();

}  // namespace cuparity
