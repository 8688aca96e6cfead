// A real container under a processor quota, measured, explained and confirmed; and a real start-up, phase by
// phase. Skipped, with the reason, where no engine answers or the programs are not built.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "harness/engine/container.hpp"
#include "harness/engine/engines.hpp"
#include "harness/engine/process.hpp"
#include "harness/engine/test_engine.hpp"
#include "harness/explain/confirmation_run.hpp"
#include "harness/explain/explanation.hpp"
#include "harness/record/run_json.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* own_image = "localhost/cuparity-explain-test:latest";
/// So little that it shows on a busy machine, too.
constexpr const char* throttled = "docker:none --cpus=0.05";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// The image that was built for the tests, where there is one; else one that is made here.
std::string image_name() {
  const std::string given = variable("CUPARITY_TEST_IMAGE");
  return given.empty() ? own_image : given;
}

class ExplainEngineTest : public testing::Test {
 protected:
  void SetUp() override {
    bin_ = fs::read_symlink("/proc/self/exe").parent_path();
    static const std::string obstacle = look(bin_);
    if (!obstacle.empty()) GTEST_SKIP() << "no real container was explained: " << obstacle;
    folder_ = fs::path(testing::TempDir()) / ("cuparity_explain_test_" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    surroundings_.make_engine = [this](EngineKind kind, const std::string& image) {
      return make_engine(kind, {image, bin_, nullptr});
    };
    surroundings_.stop_requested = [] { return false; };
    surroundings_.progress = surroundings_.result = output_;
  }
  void TearDown() override {
    std::fclose(output_);
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  static std::string look(const fs::path& bin) {
    if (!fs::exists(bin / "cuparity-bench") || !fs::exists(bin / "cuparity-validate"))
      return "cuparity-bench and cuparity-validate are not built beside this test (CUPARITY_WORKLOADS)";
    ContainerEngine engine(docker_cli(), image_name(), {}, nullptr);
    if (engine.version().empty()) return "docker does not answer";
    if (!variable("CUPARITY_TEST_IMAGE").empty() && engine.image()) return "";
    if (image_name() == own_image)  // the bench program starts `true`
      return import_image_of({{bin / "cuparity-bench", "/opt/cuparity/bin"}, {"/bin/true"}}, "docker", own_image);
    return "docker has no image " + image_name();
  }

  cuparity::Run run(const std::string& mode, const std::string& suite) {
    std::ofstream(folder_ / "mine.yaml") << suite;
    RunOptions options;
    options.suite = (folder_ / "mine.yaml").string();
    options.modes = {"native", mode};
    options.image = image_name();
    options.out = folder_ / "run";
    options.bin = bin_;
    options.backend = "cpu";
    execute_run(options, surroundings_);
    return load_run(folder_ / "run");
  }

  fs::path bin_;
  fs::path folder_;
  std::FILE* output_ = std::tmpfile();
  RunSurroundings surroundings_;
};

TEST_F(ExplainEngineTest, FindsTheQuotaAndConfirmsIt) {
  const cuparity::Run measured =
      run(throttled,
          "name: mine\nblocks: 6\nrepetitions: 3\nmin_time_seconds: 0.01\nvalidate: none\n"
          "benchmarks: {cpu: [launch/system_call]}\n");
  const Explanation explanation = explain(measured, "native", throttled);
  ASSERT_EQ(explanation.benchmarks.size(), 1u) << explanation_as_text(explanation);
  EXPECT_EQ(explanation.benchmarks[0].comparison.verdict, Verdict::slower);
  ASSERT_FALSE(explanation.benchmarks[0].causes.empty()) << explanation_as_text(explanation);
  EXPECT_EQ(explanation.benchmarks[0].causes[0].key, "cpu_quota") << explanation_as_text(explanation);

  const auto plans = plan_confirmations(explanation);
  ASSERT_EQ(plans.size(), 1u);
  EXPECT_EQ(plans[0].experiment.mode, "docker:none --cpus=0");
  const ConfirmationResult result = confirm(plans[0], measured, {folder_ / "run", bin_, 6}, surroundings_);
  ASSERT_EQ(result.failure, "");
  ASSERT_EQ(result.benchmarks.size(), 1u);
  EXPECT_EQ(result.benchmarks[0].outcome, Confirmation::confirmed) << result.benchmarks[0].sentence;
  EXPECT_TRUE(fs::exists(folder_ / "run/explain/1/run.json")) << "what was measured is kept";
}

TEST_F(ExplainEngineTest, SplitsARealStart) {
  // A device stands in for a GPU, so that there is a request to take away.
  const std::string mode = "docker:--device=/dev/null";
  const cuparity::Run measured =
      run(mode,
          "name: mine\nblocks: 2\nrepetitions: 1\nmin_time_seconds: 0.001\nvalidate: none\n"
          "startup: true\nbenchmarks: {cpu: [launch/system_call]}\n");
  const StartupTable table = startup_table(measured);
  ASSERT_FALSE(table.phases.empty());
  const auto seconds = [&](const std::string& name, std::size_t of_mode) {
    for (const StartupPhase& phase : table.phases) {
      if (phase.name == name && phase.values[of_mode]) return phase.values[of_mode]->seconds;
    }
    return -1.0;
  };
  double parts = 0;
  for (const StartupPhase& phase : table.phases)
    if (!phase.sum && phase.values[1]) parts += phase.values[1]->seconds;
  EXPECT_GT(seconds("start", 0), 0);
  EXPECT_GT(seconds("create", 1), 0);
  EXPECT_GT(seconds("start", 1), seconds("start", 0)) << "a container takes longer to start than a process";
  EXPECT_GT(seconds("exit", 1), 0);
  EXPECT_GT(seconds("remove", 1), 0);
  EXPECT_GT(parts, 0.8 * seconds("total", 1)) << "nothing large is missing";
  EXPECT_LT(parts, 1.05 * seconds("total", 1));
  EXPECT_EQ(
      shell("docker ps --all --format '{{.Names}}' | grep ^cuparity-" + std::to_string(getpid()) + "- ; true")
          .standard_error,
      "");
}

}  // namespace
}  // namespace cuparity
