// A suite against the programs of a run, before anything is measured.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/plan/suite.hpp"
#include "harness/run/trial_runner.hpp"

namespace cuparity {

/// The benchmarks that the suite and `filter` select, in the order of the build. `baseline` is one of `arms`; each engine's
/// programs are asked once. Of `settings` folder, backend, validate and time_limit count. `image`: the one that was asked for, or
/// empty. `warn` is told what keeps no run from being made, but was hardly meant. Throws UsageError where no benchmark or no test
/// is selected, EnvironmentError where the programs of an arm lack some, or cannot be asked.
std::vector<std::string> check_suite(const Suite& suite, const std::string& filter, const std::vector<Arm>& arms,
                                     const Arm& baseline, const TrialSettings& settings, const std::string& image,
                                     const std::function<void(const std::string&)>& warn);

}  // namespace cuparity
