// The CPU jobs of the templates, step by step, in a clone, with a real engine: as long as a build and two runs.
// CUPARITY_CI_CLONE=FOLDER names a clone to use again, with what was built there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "docs/ci/templates.hpp"
#include "environment/text_file.hpp"
#include "harness/engine/process.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using testing::AnyOf;
using testing::Eq;
using testing::HasSubstr;

ProcessResult shell(const std::string& command) {
  ChildProcess child;
  child.command = {"sh", "-c", command};
  child.time_limit = std::chrono::hours(1);
  return run_process(child);
}

class CpuJob : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const char* given = std::getenv("CUPARITY_CI_CLONE");
    clone_ = given ? fs::path(given) : fs::temp_directory_path() / ("cuparity-ci-clone-" + std::to_string(getpid()));
    if (given) return;
    const ProcessResult cloned = shell("git clone --quiet " CUPARITY_SOURCE_FOLDER " " + clone_.string());
    ASSERT_EQ(cloned.exit_code, 0) << cloned.standard_error;
  }
  static void TearDownTestSuite() {
    if (!std::getenv("CUPARITY_CI_CLONE")) fs::remove_all(clone_);
  }
  void SetUp() override {
    if (shell(CUPARITY_SOURCE_FOLDER "/scripts/start-engine").exit_code != 0)
      GTEST_SKIP() << "NOT TESTED: no container engine can be started here";
    fs::remove_all(clone_ / "results/runs");
  }

  /// The script in the clone, by the service's shell.
  static ProcessResult run_step(const std::string& bash, const std::string& script) {
    std::ofstream(clone_ / ".step.sh") << script;
    const ProcessResult result = shell("cd " + clone_.string() + " && CI=true " + bash + " .step.sh >&2");
    fs::remove(clone_ / ".step.sh");
    std::cout << "exit " << result.exit_code << " after " << result.wall_seconds << " s\n";
    return result;
  }

  static void expect_results() {
    for (const char* file : {"run.json", "report.html", "report.md", "report.csv", "report.junit.xml"})
      EXPECT_TRUE(fs::exists(clone_ / "results/runs/ci" / file)) << file;
  }

  static fs::path clone_;
};

fs::path CpuJob::clone_;

TEST_F(CpuJob, OfGithubActions) {
  const YAML::Node workflow = template_file("github-actions.yml");
  const fs::path summary = clone_ / ".summary.md";
  fs::remove(summary);
  const std::vector<std::string> steps = github_steps(workflow, "cpu");
  ASSERT_FALSE(steps.empty());
  for (const std::string& step : steps) {
    const ProcessResult result =
        run_step("GITHUB_STEP_SUMMARY=" + summary.string() + " bash --noprofile --norc -e", step);
    // What is measured may differ on a busy machine; that it was measured and said may not. 3 became a warning.
    EXPECT_THAT(result.exit_code, AnyOf(Eq(exit_pass), Eq(exit_regression))) << result.standard_error;
  }
  expect_results();
  EXPECT_THAT(environment::read_text_file(summary).value_or(""), HasSubstr("| benchmark |"));
  for (const YAML::Node& step : workflow["jobs"]["cpu"]["steps"]) {
    if (!step["with"]) continue;
    EXPECT_TRUE(fs::exists(clone_ / step["with"]["path"].as<std::string>())) << "what is uploaded";
  }
}

TEST_F(CpuJob, OfGitlabCi) {
  const YAML::Node pipeline = template_file("gitlab-ci.yml");
  const ProcessResult result = run_step("bash", gitlab_script(pipeline, "cpu"));
  EXPECT_THAT(result.exit_code, AnyOf(Eq(exit_pass), Eq(exit_regression), Eq(exit_inconclusive)))
      << result.standard_error;
  expect_results();
  for (const YAML::Node& path : pipeline["cpu"]["artifacts"]["paths"])
    EXPECT_TRUE(fs::exists(clone_ / path.as<std::string>())) << "an artifact";
  EXPECT_TRUE(fs::exists(clone_ / pipeline["cpu"]["artifacts"]["reports"]["junit"].as<std::string>()));
}

}  // namespace
}  // namespace cuparity
