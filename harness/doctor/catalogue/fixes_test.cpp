// What is printed under "do:" is pasted into a shell: all of a step, or what stands after its label ("or: "); remarks stand
// after '#'.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "environment/text_file.hpp"
#include "harness/doctor/checks/example_probe.hpp"
#include "harness/doctor/diagnose.hpp"
#include "harness/doctor/gather.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/record/json_fields.hpp"

namespace cuparity {
namespace {

const std::set<std::string>& commands() {
  static const std::set<std::string> all = {
      "sudo",   "docker", "podman",    "nvidia-ctk", "nvidia-smi", "nvidia-container-cli", "kubectl", "systemctl", "newgrp",
      "echo",   "export", "unset",     "ls",         "grep",       "pip",                  "apt-get", "ldconfig",  "printf",
      "python3", "mokutil", "strace",  "journalctl", "wsl",        "cuparity",             "apptainer", "mkdir",   "cat",
      "./scripts/start-engine", "./scripts/quickstart", "./scripts/build-image", "snap", "modprobe", "sysctl"};
  return all;
}

bool begins_with_a_command(const std::string& text) {
  for (const std::string& word : environment::split(text, ' ')) {
    if (word.find('=') != std::string::npos && std::isupper(static_cast<unsigned char>(word[0]))) continue;  // NAME=value
    return commands().contains(word.substr(0, word.find(';')));
  }
  return false;
}

/// The command of a step: all of it, or what stands after its last label ("or: sudo …"); empty: it has none.
std::string command_of(const std::string& step) {
  if (begins_with_a_command(step)) return step;
  const auto label = step.rfind(": ");
  const std::string rest = label == std::string::npos ? "" : step.substr(label + 2);
  return begins_with_a_command(rest) ? rest : "";
}

/// Without quoted parts and without what stands after '#'.
std::string bare(const std::string& command) {
  std::string text;
  char quote = 0;
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    if (quote == 0 && c == '#' && (i == 0 || command[i - 1] == ' ')) break;
    if (c == '\'' || c == '"') quote = quote == 0 ? c : quote == c ? 0 : quote;
    else if (quote == 0) text += c;
  }
  return text;
}

std::set<std::string> all_steps() {
  std::set<std::string> steps;
  const auto add = [&](const std::vector<std::string>& fix) { steps.insert(fix.begin(), fix.end()); };
  std::vector<Probe> probes = {healthy_host(), host_without_gpu(), inside_container(), Probe{}};
  for (const nlohmann::json& each : read_json_file(CUPARITY_RECORDED_PROBES))
    probes.push_back(probe_from_json(each["probe"]));
  for (const KnownProblem* problem : known_problems()) {
    add(problem->fix);
    for (const Probe& probe : probes) {
      if (problem->fix_here) add(problem->fix_here(probe));
    }
  }
  for (const Probe& probe : probes) {
    for (const Finding& finding : diagnose(probe).findings) add(finding.fix);
  }
  return steps;
}

TEST(Fixes, CommandsAreCommands) {
  int found = 0;
  for (const std::string& step : all_steps()) {
    const std::string command = command_of(step);
    if (command.empty()) continue;
    ++found;
    const CommandResult result = run_command({"bash", "-n", "-c", command}, std::chrono::seconds(5));
    EXPECT_EQ(result.exit_code, 0) << step << "\n" << result.output;
    EXPECT_THAT(bare(command), testing::Not(testing::HasSubstr(", "))) << "a remark has to stand after '#': " << step;
    EXPECT_THAT(bare(command), testing::Not(testing::HasSubstr(": "))) << "a remark has to stand after '#': " << step;
    EXPECT_THAT(bare(command), testing::Not(testing::HasSubstr("<"))) << "a name to fill in is written LIKE_THIS: " << step;
  }
  EXPECT_GT(found, 90);
}

TEST(Fixes, WhatIsNoCommandIsFoundOut) {
  for (const char* step : {"newgrp docker (or log in again)", "or: sudo apt-get install docker.io (or docker-ce)"})
    EXPECT_NE(run_command({"bash", "-n", "-c", command_of(step)}, std::chrono::seconds(5)).exit_code, 0) << step;
  EXPECT_THAT(bare(command_of("unset CUDA_VISIBLE_DEVICES, or use the container's own numbers")), testing::HasSubstr(", "));
  EXPECT_EQ(command_of("update the host's driver"), "");
}

}  // namespace
}  // namespace cuparity
