// What every test of the program works with.
#pragma once

#include <map>
#include <string>

#include "kernels/device/backend_choice.hpp"
#include "validate/options.hpp"

namespace cuparity::validate {

/// Lives as long as the tests run.
struct Session {
  Options options;
  BackendChoice backend;
  std::map<std::string, std::string> facts;  ///< the JSON's context: process, device, libraries
};

}  // namespace cuparity::validate
