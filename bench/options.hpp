// cuparity's own flags; everything else on the command line is Google Benchmark's.
#pragma once

#include <stdexcept>
#include <string>

namespace cuparity {

/// A flag that can't be understood: one line that says what is accepted.
struct OptionError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

struct Options {
  std::string backend = "auto";  ///< auto, cuda or cpu
  bool list_only = false;        ///< Google Benchmark will list the rows and run none
  double inject_slowdown = 0;    ///< share of each measured time that is added to it, 0.02 for 2 %
  std::string inject_wrong;      ///< regular expression on row names; empty: none

  /// What was injected, for people and for the record; empty if nothing was.
  std::string injected() const;
};

/// Takes cuparity's flags out of `argc` and `argv`. Throws OptionError.
Options take_options(int& argc, char** argv);

/// The text of --help on cuparity's flags.
std::string options_help();

}  // namespace cuparity
