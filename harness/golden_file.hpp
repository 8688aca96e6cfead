// For tests of output formats: a text beside the file that a person has read and accepted.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "environment/text_file.hpp"

namespace cuparity {

/// Expects `text` in the file. With CUPARITY_UPDATE_GOLDEN in the environment it is written there instead, and the test skipped.
inline void compare_with_golden_file(const std::string& path, const std::string& text) {
  if (std::getenv("CUPARITY_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    GTEST_SKIP() << path << " was written";
  }
  EXPECT_EQ(environment::read_text_file(path).value_or(""), text) << "CUPARITY_UPDATE_GOLDEN=1 writes " << path << " again";
}

}  // namespace cuparity
