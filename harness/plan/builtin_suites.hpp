// The files of harness/suites, put into the program at build time: it needs no files beside it.
#pragma once

#include <string_view>

namespace cuparity {

struct BuiltinSuite {
  std::string_view name;
  std::string_view yaml;
};

extern const BuiltinSuite builtin_suites[];
extern const int builtin_suite_count;

}  // namespace cuparity
