// The image, the compose file and the main job with real engines. scripts/test builds the image and names it in
// CUPARITY_TEST_IMAGE and its engine in CUPARITY_TEST_ENGINE; without them everything here is skipped, loudly.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "environment/text_file.hpp"
#include "harness/engine/engines.hpp"
#include "harness/engine/process.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using testing::AnyOf;
using testing::Eq;
using testing::HasSubstr;
using testing::Not;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

ProcessResult shell(const std::string& script, std::chrono::seconds limit = std::chrono::seconds(240)) {
  ChildProcess child;
  child.command = {"sh", "-c", script};
  child.time_limit = limit;
  return run_process(child);
}

class ImageTest : public testing::Test {
 protected:
  void SetUp() override {
    image_ = variable("CUPARITY_TEST_IMAGE");
    engine_ = variable("CUPARITY_TEST_ENGINE");
    if (image_.empty() || engine_.empty()) {
      GTEST_SKIP() << "CUPARITY_TEST_IMAGE and CUPARITY_TEST_ENGINE are not set: ./scripts/test sets them where a "
                      "container engine can be started";
    }
    folder_ = fs::temp_directory_path() / ("cuparity-image-test-" + std::to_string(getpid()));
    fs::create_directories(folder_);
    std::ofstream(folder_ / "short.yaml")
        << "name: short\nblocks: 2\nrepetitions: 2\nmin_time_seconds: 0.002\ntime_limit_seconds: 100\n"
           "validate: Numerics/saxpy.*\nbenchmarks:\n  cpu: [gemm/own/fp32/1024, launch/system_call]\n"
           "  cuda: [saxpy/own/fp32/268435456]\n";
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  /// Those that every container of this engine needs here.
  static std::string flags_of(EngineKind kind) { return fmt::format("{}", fmt::join(container_flags(kind), " ")); }

  std::string in_image(const std::string& arguments) const {
    const EngineKind kind = engine_ == "podman" ? EngineKind::podman : EngineKind::docker;
    return engine_ + " run --rm --network none " + flags_of(kind) + " " + arguments;
  }

  /// Native against MODE with the short suite; the results are checked whatever the verdict.
  void expect_complete_run(const std::string& mode, const std::string& image) {
    const fs::path out = folder_ / "run";
    const ProcessResult result =
        shell(CUPARITY_PROGRAM " run --backend cpu --suite " + (folder_ / "short.yaml").string() +
              " --mode native --mode " + mode + " --image " + image + " --seed 7 --out " + out.string());
    // Two blocks can decide nothing, so a run in which all went well is inconclusive.
    ASSERT_EQ(result.exit_code, exit_inconclusive) << result.standard_error;
    const auto run = nlohmann::json::parse(environment::read_text_file(out / "run.json").value());
    EXPECT_EQ(run["trials"].size(), 2U + 2 * 4);
    for (const auto& trial : run["trials"]) {
      EXPECT_TRUE(trial["ok"].get<bool>()) << trial.dump(2);
      EXPECT_TRUE(fs::exists(out / trial["raw_file"].get<std::string>()));
    }
    const auto& comparisons = run["analysis"]["comparisons"];
    ASSERT_EQ(comparisons.size(), 2U);
    EXPECT_EQ(comparisons[0]["candidate"], mode);
    EXPECT_EQ(comparisons[0]["n"], 2);
    EXPECT_TRUE(fs::exists(out / "report.html"));
    EXPECT_TRUE(fs::exists(out / "report.md"));
    fs::remove_all(out);
  }

  std::string image_;
  std::string engine_;
  fs::path folder_;
};

TEST_F(ImageTest, IsLabelledWithVersionAndCommit) {
  const ProcessResult result = shell(engine_ + " image inspect --format '{{json .Config}}' " + image_);
  ASSERT_EQ(result.exit_code, 0) << result.standard_error;
  const auto config = nlohmann::json::parse(result.standard_error);
  EXPECT_EQ(config["Labels"]["org.opencontainers.image.version"], CUPARITY_VERSION);
  EXPECT_THAT(config["Labels"]["org.opencontainers.image.revision"].get<std::string>(), Not(Eq("")));
  EXPECT_EQ(config["User"], "10001:10001");
}

TEST_F(ImageTest, HoldsNoCompiler) {
  const ProcessResult result =
      shell(in_image("--entrypoint sh ") + image_ + " -c 'command -v cc gcc g++ clang nvcc cmake'");
  EXPECT_NE(result.exit_code, 0) << result.standard_error;
}

TEST_F(ImageTest, DoctorInsideSaysThatItIsInside) {
  const ProcessResult result = shell(in_image("") + image_);
  EXPECT_EQ(result.exit_code, exit_pass) << result.standard_error;
  EXPECT_THAT(result.standard_error, HasSubstr("inside a"));
}

TEST_F(ImageTest, NativeAgainstTheEngine) { expect_complete_run(engine_ + ":none", image_); }

TEST_F(ImageTest, NativeAgainstPodman) {
  if (engine_ == "podman") GTEST_SKIP() << "Podman is the main engine here, tested already";
  if (shell("command -v podman").exit_code != 0) GTEST_SKIP() << "Podman was NOT tested: it is not installed";
  const ProcessResult moved = shell(engine_ + " save " + image_ + " | podman load");
  ASSERT_EQ(moved.exit_code, 0) << moved.standard_error;
  const ProcessResult started = shell("podman run --rm --network none " + flags_of(EngineKind::podman) +
                                      " --entrypoint true " + image_);
  if (started.exit_code != 0) {
    GTEST_SKIP() << "Podman was NOT tested: it can't start containers here: " << started.standard_error;
  }
  expect_complete_run("podman:none", image_);
}

class ComposeTest : public ImageTest {
 protected:
  void SetUp() override {
    ImageTest::SetUp();
    if (IsSkipped()) return;
    if (engine_ != "docker") GTEST_SKIP() << "compose is tested with Docker only";
    if (shell("docker compose version").exit_code == 0) compose_ = "docker compose";
    else if (shell("docker-compose version").exit_code == 0) compose_ = "docker-compose";
    else GTEST_SKIP() << "neither 'docker compose' nor docker-compose is here";
  }

  ProcessResult run_service(const std::string& service, const std::string& variables = "") {
    return shell("CUPARITY_IMAGE=" + image_ + " " + variables + " " + compose_ + " -f " CUPARITY_COMPOSE_FILE
                 " run --rm " + service,
                 std::chrono::minutes(10));
  }

  std::string compose_;
};

TEST_F(ComposeTest, Doctor) {
  const ProcessResult result = run_service("doctor-cpu");
  EXPECT_EQ(result.exit_code, 0) << result.standard_error;
  EXPECT_THAT(result.standard_error, HasSubstr("inside a"));
}

TEST_F(ComposeTest, Validate) {
  const ProcessResult result = run_service("validate-cpu --backend=cpu --gtest_filter=Numerics/saxpy.*");
  EXPECT_EQ(result.exit_code, 0) << result.standard_error;
  EXPECT_THAT(result.standard_error, HasSubstr("PASSED"));
}

TEST_F(ComposeTest, Bench) {
  const ProcessResult result =
      run_service("bench-cpu --backend=cpu --benchmark_min_time=0.001 --benchmark_filter=launch/system_call");
  EXPECT_EQ(result.exit_code, 0) << result.standard_error;
  EXPECT_THAT(result.standard_error, HasSubstr("launch/system_call"));
}

TEST_F(ComposeTest, NativeAgainstContainer) {
  const fs::path out = folder_ / "compose-run";
  const ProcessResult result =
      run_service("native-against-container-cpu --backend=cpu --suite=" + (folder_ / "short.yaml").string() +
                      " --out=" + out.string(),
                  "CUPARITY_BIN=" + fs::path(CUPARITY_PROGRAM).parent_path().string());
  EXPECT_EQ(result.exit_code, exit_inconclusive) << result.standard_error;
  EXPECT_TRUE(fs::exists(out / "report.html"));
}

TEST_F(ComposeTest, EveryRunHasAFolderOfItsOwn) {
  const std::string variables = "CUPARITY_BIN=" + fs::path(CUPARITY_PROGRAM).parent_path().string() +
                                " CUPARITY_SUITE=" + (folder_ / "short.yaml").string();
  std::set<std::string> reports;
  for (int run = 0; run < 2; ++run) {
    const ProcessResult result = run_service("native-against-container-cpu", variables);
    EXPECT_EQ(result.exit_code, exit_inconclusive) << result.standard_error;
    std::smatch report;
    ASSERT_TRUE(std::regex_search(result.standard_error, report, std::regex(R"(/tmp/cuparity/\S+/report\.html)")))
        << result.standard_error;
    ASSERT_TRUE(fs::exists(report.str())) << report.str();
    reports.insert(report.str());
    fs::remove_all(fs::path(report.str()).parent_path());
  }
  EXPECT_EQ(reports.size(), 2u);
}

TEST_F(ComposeTest, SaysThatTheHostsProgramIsMissing) {
  for (const char* service : {"gate-cpu", "native-against-container-cpu"}) {
    const ProcessResult result = run_service(service, "CUPARITY_BIN=/no/such/folder");
    EXPECT_EQ(result.exit_code, exit_environment) << result.standard_error;
    EXPECT_THAT(result.standard_error, HasSubstr("CUPARITY_BIN=/no/such/folder"));
    EXPECT_THAT(result.standard_error, HasSubstr("export CUPARITY_BIN=$PWD/build/release/bin"));
  }
}

/// The service `gate-cpu`, with the image under test as golden. Slower is five times as slow and the margin is nine
/// tenths, so that a busy machine decides nothing.
class GateServiceTest : public ComposeTest {
 protected:
  void SetUp() override {
    ComposeTest::SetUp();
    if (IsSkipped()) return;
    std::ofstream(folder_ / "gate.yaml")
        << "name: gate\nblocks: 8\nrepetitions: 3\nmin_time_seconds: 0.01\ntime_limit_seconds: 200\nvalidate: none\n"
           "margins:\n  default: 0.9\nbenchmarks:\n  cpu: [gemm/own/fp32/1024]\n";
  }
  void TearDown() override {
    if (!slower_.empty()) shell("docker image rm --force " + slower_);
    ComposeTest::TearDown();
  }

  /// The image with cuparity-bench always called with --inject-slowdown.
  std::string slower_image() {
    const std::string name = "cuparity-slower-test:" + std::to_string(getpid());
    const std::string bench = "/opt/cuparity/bin/cuparity-bench";
    std::ofstream(folder_ / "Dockerfile")
        << "FROM " << image_ << "\nUSER root\nRUN mv " << bench << " " << bench << ".real && printf '#!/bin/sh\\nexec "
        << bench << ".real --inject-slowdown=400 \"$@\"\\n' >" << bench << " && chmod +x " << bench
        << "\nUSER 10001:10001\n";
    const ProcessResult built =
        shell("DOCKER_BUILDKIT=0 docker build --network none --tag " + name + " " + folder_.string());
    EXPECT_EQ(built.exit_code, 0) << built.standard_error;
    slower_ = name;
    return name;
  }

  ProcessResult gate(const std::string& candidate, const std::string& golden) {
    return run_service("gate-cpu",
                       fmt::format("CUPARITY_IMAGE={} CUPARITY_GOLDEN={} CUPARITY_BIN={} CUPARITY_SUITE={} "
                                   "CUPARITY_OUT={} CUPARITY_JUNIT={}",
                                   candidate, golden, fs::path(CUPARITY_PROGRAM).parent_path().string(),
                                   (folder_ / "gate.yaml").string(), (folder_ / "gate").string(),
                                   (folder_ / "gate.junit.xml").string()));
  }

  std::string slower_;
};

TEST_F(GateServiceTest, LetsAnImageThroughThatIsTheGoldenOne) {
  const ProcessResult result = gate(image_, image_);
  EXPECT_TRUE(fs::exists(folder_ / "gate" / "report.html"));
  EXPECT_TRUE(fs::exists(folder_ / "gate.junit.xml"));
  if (result.exit_code == exit_inconclusive)
    GTEST_SKIP() << "NOT TESTED: this machine is too busy for a verdict: " << result.standard_error;
  EXPECT_EQ(result.exit_code, exit_pass) << result.standard_error;
}

TEST_F(GateServiceTest, StopsASlowerImage) {
  const ProcessResult result = gate(slower_image(), image_);
  EXPECT_EQ(result.exit_code, exit_regression) << result.standard_error;
  EXPECT_THAT(result.standard_error, HasSubstr("slower"));
  EXPECT_THAT(environment::read_text_file(folder_ / "gate.junit.xml").value(), HasSubstr("<failure"));
}

TEST_F(GateServiceTest, FailsWhereThereIsNothingToCompareWith) {
  const ProcessResult result = gate(image_, "cuparity-never-built:test");
  EXPECT_EQ(result.exit_code, exit_environment) << result.standard_error;
  EXPECT_THAT(result.standard_error, HasSubstr("cuparity-never-built:test"));
  EXPECT_FALSE(fs::exists(folder_ / "gate.junit.xml"));
}

}  // namespace
}  // namespace cuparity
