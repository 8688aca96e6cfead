// For the tests: the CI templates, read as their services read them.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>
#include <vector>

namespace cuparity {

inline YAML::Node template_file(const std::string& name) {
  return YAML::LoadFile(std::string(CUPARITY_SOURCE_FOLDER "/docs/ci/") + name);
}

/// The `run` texts of a job of GitHub Actions, in order.
inline std::vector<std::string> github_steps(const YAML::Node& workflow, const std::string& job) {
  std::vector<std::string> steps;
  for (const YAML::Node& step : workflow["jobs"][job]["steps"]) {
    if (step["run"]) steps.push_back(step["run"].as<std::string>());
  }
  return steps;
}

/// The `script` of a job of GitLab CI as its runner joins it: one shell, which ends at the first failure.
inline std::string gitlab_script(const YAML::Node& pipeline, const std::string& job) {
  std::string script = "set -eo pipefail\n";
  for (const YAML::Node& line : pipeline[job]["script"]) script += line.as<std::string>() + "\n";
  return script;
}

}  // namespace cuparity
