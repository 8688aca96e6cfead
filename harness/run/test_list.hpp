// Which tests the programs of a side have.
#pragma once

#include <string>
#include <vector>

#include "harness/run/trial_runner.hpp"

namespace cuparity {

/// The full names of those tests of the arm's cuparity-validate that `settings.validate` selects; may be empty. Its list lands
/// below settings.folder/raw and is removed again. Throws EnvironmentError.
std::vector<std::string> list_tests(const Arm& arm, const TrialSettings& settings);

}  // namespace cuparity
