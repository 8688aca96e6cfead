// Reads GoogleTest's JSON as cuparity-validate writes it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/record/run.hpp"

namespace cuparity {

struct ValidationFile {
  std::map<std::string, std::string> environment;  ///< text properties of the whole: seen from inside
  int passed = 0;
  int failed = 0;
  int skipped = 0;
  std::vector<std::string> failed_tests;  ///< "Suite.name: first line of the message"
  std::vector<Row> rows;  ///< tests that recorded a digest, for the comparison of bits; no times
};

/// Throws UsageError saying what the file is instead.
ValidationFile read_validation_json(const std::filesystem::path& path);

/// "Suite.name" of each test in what --gtest_list_tests writes. Throws UsageError as above.
std::vector<std::string> read_test_names(const std::filesystem::path& path);

}  // namespace cuparity
