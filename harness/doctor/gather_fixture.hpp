// Test data: a machine made of files, and of answers by the start of a command line.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "environment/fake_root.hpp"
#include "environment/text_file.hpp"
#include "harness/doctor/gather.hpp"

namespace cuparity {

class GatherFixture : public testing::Test {
 protected:
  GatherFixture() {
    sources_.root = root_.path();
    sources_.variables = {{"PATH", "/usr/bin"}};
    sources_.image = "cuparity:test";
    sources_.look_command = {"look"};
    sources_.run = [this](const std::vector<std::string>& command, std::chrono::milliseconds) {
      const std::string line = environment::join(command, " ");
      asked_.push_back(line);
      for (const auto& [start, result] : answers_) {
        if (line.starts_with(start)) return result;
      }
      return CommandResult{127, false, "no such program"};
    };
    sources_.clean_up = sources_.run;
  }

  void install(const std::string& program) {
    root_.write("usr/bin/" + program);
    std::filesystem::permissions(root_.path() / "usr/bin" / program, std::filesystem::perms::owner_all);
  }

  environment::FakeRoot root_;
  Sources sources_;
  std::vector<std::pair<std::string, CommandResult>> answers_;
  std::vector<std::string> asked_;
  Probe probe_;
};

}  // namespace cuparity
