// cuparity-validate's own flags; all others are GoogleTest's.
#pragma once

#include <optional>
#include <regex>
#include <string>
#include <vector>

namespace cuparity::validate {

struct Options {
  std::string backend = "auto";            ///< auto, cuda or cpu; not yet checked
  std::optional<std::regex> inject_wrong;  ///< cases whose name it matches are made to fail
  bool help = false;
  bool version = false;
};

/// `arguments` is what GoogleTest left over, without the program's name. Throws std::invalid_argument with
/// one line that names the argument and says what to do.
Options parse_options(const std::vector<std::string>& arguments);

/// What --help says of these flags.
std::string options_help();

}  // namespace cuparity::validate
