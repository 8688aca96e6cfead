// What was seen in a container against what was expected: a pure function.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "harness/access/access_host.hpp"
#include "harness/access/expected.hpp"
#include "harness/record/access_row.hpp"

namespace cuparity {

/// How the attempt to start it ended.
struct AccessAttempt {
  std::optional<nlohmann::json> probe;  ///< results/schema/access-probe.schema.json; nothing: it did not start
  std::string words;                    ///< what the engine said last
  bool timed_out = false;
  std::string no_foreign_memory;        ///< why the probe was given no memory of another GPU to open
};

/// `row` comes with name, engine and mode; gets the rest.
void judge_access(AccessRow& row, const Expected& expected, const AccessAttempt& attempt,
                  const AccessHost& host);

/// The row of a mode that can't be tried here.
void skip_access(AccessRow& row, const std::string& reason);

}  // namespace cuparity
