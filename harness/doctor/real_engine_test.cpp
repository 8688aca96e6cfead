// Real engines' and programs' own words, made to fail in each way of catalogue/real_cases.cpp, and the doctor's answer to
// them. Skipped, with the reason, where no Docker answers or a case can't be tried. CDI and Docker 29 need a newer
// dockerd than Debian's: CUPARITY_TEST_DOCKERD=/path/of/dockerd names one (its runc and containerd beside it).
// CUPARITY_TEST_OLD_COMPOSE names a docker-compose that knows no GPU reservations (before 1.28).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "harness/doctor/catalogue/real_cases.hpp"
#include "harness/doctor/from_text.hpp"
#include "harness/doctor/gather.hpp"
#include "harness/engine/last_words.hpp"
#include "harness/engine/process.hpp"
#include "harness/engine/test_engine.hpp"

namespace cuparity {
namespace {

constexpr const char* image = "localhost/cuparity-doctor-test:latest";

/// An image of this machine's own shell. Returns why there is none.
std::string make_image() {
  const ProcessResult version = shell("docker version --format '{{.Server.Version}}'");
  if (version.exit_code != 0) return "docker does not answer: " + version.standard_error;
  std::vector<ImageProgram> programs;
  for (const char* tool : {"sh", "df", "dd", "cat", "touch", "mkdir", "ls"}) programs.push_back({tool});
  return import_image_of(programs, "docker", image);
}

/// Why nothing can be tried on this machine, or nothing.
std::string obstacle_here() {
  static const std::string no_image = make_image();
  return no_image;
}

class RealDocker : public testing::TestWithParam<RealCase> {
 protected:
  static std::string obstacle_of(RealPlace place) {
    if (!obstacle_here().empty() || place == RealPlace::here) return obstacle_here();
    const ProcessResult gpu = shell("nvidia-smi -L && command -v nvidia-container-runtime-hook");
    return gpu.exit_code == 0 ? "" : "needs a GPU and the NVIDIA Container Toolkit";
  }
};

TEST_P(RealDocker, SaysWhatTheDoctorKnows) {
  const RealCase& test = GetParam();
  if (const std::string obstacle = obstacle_of(test.place); !obstacle.empty())
    GTEST_SKIP() << "a real engine was NOT tested: " << obstacle;
  const ProcessResult result = shell(real_case_prelude(image) + test.script);
  if (result.exit_code == 77) GTEST_SKIP() << "NOT tested: " << last_words(result.standard_error);
  EXPECT_NE(result.exit_code, 0) << result.standard_error;
  const DoctorReport report = diagnose_text(result.standard_error + " ", nullptr);
  EXPECT_THAT(report.text["causes"].get<std::vector<std::string>>(), testing::Contains(test.id)) << result.standard_error;
}

/// A dockerd that is told to have no bridge removes one of the name docker0.
TEST(RealDockerBridge, OfTheMachineStaysWhereACaseStartsADockerd) {
  if (!obstacle_here().empty()) GTEST_SKIP() << "a real engine was NOT tested: " << obstacle_here();
  const std::string number = "cat /sys/class/net/docker0/ifindex";
  const ProcessResult before = shell(number);
  if (before.exit_code != 0) GTEST_SKIP() << "NOT tested: the network docker0 is not here";
  const ProcessResult result = shell(real_case_prelude(image) + "own_dockerd 1 '{}' ''");
  if (result.exit_code == 77) GTEST_SKIP() << "NOT tested: " << last_words(result.standard_error);
  EXPECT_EQ(result.exit_code, 0) << result.standard_error;
  EXPECT_EQ(shell(number).standard_error, before.standard_error);
}

INSTANTIATE_TEST_SUITE_P(RealEngine, RealDocker, testing::ValuesIn(real_cases()),
                         [](const testing::TestParamInfo<RealCase>& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace cuparity
