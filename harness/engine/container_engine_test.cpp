// Real containers, where an engine answers on this machine; skipped, with the reason, where none does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

#include "harness/access/access_mode.hpp"
#include "harness/engine/container.hpp"
#include "harness/engine/engines.hpp"
#include "harness/engine/process.hpp"
#include "harness/engine/test_engine.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr const char* image_name = "localhost/cuparity-engine-test:latest";

struct EngineCase {
  const char* name;
  ContainerCli (*cli)();
  EngineKind kind;
};

/// What one look at an engine gave: done once for all tests.
struct Readiness {
  std::string obstacle;            ///< empty: containers start
  std::vector<std::string> flags;  ///< with which they do
};

class ContainerEngineTest : public testing::TestWithParam<EngineCase> {
 protected:
  static Readiness look_at(const EngineCase& engine_case) {
    const ContainerCli cli = engine_case.cli();
    Readiness ready;
    if (ContainerEngine(cli, image_name, {}, nullptr).version().empty()) {
      ready.obstacle = cli.program + " does not answer here";
      return ready;
    }
    ready.obstacle = import_image_of({{"sh"}, {"sleep"}, {"ls"}}, cli.program, image_name);
    if (!ready.obstacle.empty()) return ready;
    ready.flags = container_flags(engine_case.kind);
    ContainerEngine engine(cli, image_name, ready.flags, nullptr);
    ProcessRequest request;
    request.command = {"/bin/sh", "-c", "exit 0"};
    request.output_folder = fs::temp_directory_path();
    const ProcessResult first = engine.run(request, parse_access_mode(cli.program + ":none"));
    if (first.exit_code != 0) {
      ready.obstacle = cli.program + " can't start containers here: " + first.standard_error;
    }
    return ready;
  }

  void SetUp() override {
    static std::map<std::string, Readiness> known;
    const std::string name = GetParam().name;
    if (known.count(name) == 0) known[name] = look_at(GetParam());
    if (!known[name].obstacle.empty())
      GTEST_SKIP() << "real containers were NOT tested: " << known[name].obstacle;
    flags_ = known[name].flags;
    folder_ = fs::path(testing::TempDir()) / ("cuparity_engine_test_" + std::to_string(getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  ContainerEngine make(std::function<bool()> stop_requested = nullptr) const {
    return ContainerEngine(GetParam().cli(), image_name, flags_, std::move(stop_requested));
  }
  AccessMode mode(const std::string& request = "none") const {
    return parse_access_mode(GetParam().cli().program + ":" + request);
  }
  ProcessResult run(ContainerEngine& engine, const std::string& script,
                    std::chrono::seconds limit = 60s) const {
    ProcessRequest request;
    request.command = {"/bin/sh", "-c", script};
    request.environment = {{"GREETING", "hello there"}};
    request.output_folder = folder_;
    request.time_limit = limit;
    return engine.run(request, mode());
  }
  /// Names of the containers of a process that exist now.
  static std::string containers(pid_t process = getpid()) {
    return shell(GetParam().cli().program + " ps --all --format '{{.Names}}' | grep ^cuparity-" +
                 std::to_string(process) + "- ; true")
        .standard_error;
  }

  std::vector<std::string> flags_;
  fs::path folder_;
};

TEST_P(ContainerEngineTest, RunsAProcessWhoseFileBelongsToTheUser) {
  ContainerEngine engine = make();
  const ProcessResult result = run(engine, "echo $GREETING > /cuparity-out/file; echo said; exit 3");
  EXPECT_EQ(result.exit_code, 3) << result.standard_error;
  EXPECT_THAT(result.standard_error, HasSubstr("said"));
  std::string text;
  std::getline(std::ifstream(folder_ / "file") >> std::ws, text);
  EXPECT_EQ(text, "hello there");
  struct stat file = {};
  ASSERT_EQ(stat((folder_ / "file").c_str(), &file), 0);
  EXPECT_EQ(file.st_uid, geteuid());
  EXPECT_EQ(containers(), "");
}

TEST_P(ContainerEngineTest, RunsInStepsThatFollowEachOther) {
  ContainerEngine engine = make();
  ProcessRequest request;
  request.command = {"/bin/sh", "-c", "echo said"};
  request.output_folder = folder_;
  const double before = boot_seconds();
  const Lifecycle life = engine.run_in_steps(request, mode());
  EXPECT_EQ(life.process.exit_code, 0) << life.process.standard_error;
  EXPECT_THAT(life.process.standard_error, HasSubstr("said"));
  ASSERT_EQ(life.steps.size(), 3u);
  double end = before;
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(life.steps[i].name, (std::array{"create", "start", "remove"})[i]);
    EXPECT_LE(end, life.steps[i].begin);
    EXPECT_LT(life.steps[i].begin, life.steps[i].end);
    end = life.steps[i].end;
  }
  EXPECT_EQ(containers(), "");
}

TEST_P(ContainerEngineTest, AFailedStepLeavesNoContainer) {
  ContainerEngine engine = make();
  ProcessRequest request;
  request.command = {"/bin/sh", "-c", "exit 3"};
  request.output_folder = folder_;
  EXPECT_EQ(engine.run_in_steps(request, mode()).process.exit_code, 3);
  request.command = {"/no/such/program"};
  EXPECT_NE(engine.run_in_steps(request, mode()).process.exit_code, 0);
  EXPECT_EQ(containers(), "");
}

TEST_P(ContainerEngineTest, GivesNoNetwork) {
  ContainerEngine engine = make();
  EXPECT_THAT(run(engine, "ls /sys/class/net").standard_error, testing::Not(HasSubstr("eth0")));
}

TEST_P(ContainerEngineTest, KillsAtTheTimeLimitAndLeavesNoContainer) {
  ContainerEngine engine = make();
  const ProcessResult result = run(engine, "trap '' TERM; sleep 100", 4s);
  EXPECT_TRUE(result.timed_out);
  EXPECT_LT(result.wall_seconds, 40);
  EXPECT_EQ(containers(), "");
}

TEST_P(ContainerEngineTest, StopsOnRequestAndLeavesNoContainer) {
  std::atomic<bool> stop{false};
  ContainerEngine engine = make([&] { return stop.load(); });
  std::thread user([&] {
    std::this_thread::sleep_for(1500ms);
    stop = true;
  });
  const ProcessResult result = run(engine, "sleep 100");
  user.join();
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(containers(), "");
}

TEST_P(ContainerEngineTest, ACommandThatOthersKillLeavesNoContainer) {
  ContainerEngine engine = make();
  std::thread other([&] {
    for (int i = 0; i < 200 && containers().empty(); ++i) std::this_thread::sleep_for(100ms);
    std::this_thread::sleep_for(1s);  // there is not yet running
    kill_running_processes();
  });
  EXPECT_EQ(run(engine, "trap '' TERM; sleep 100").exit_code, 128 + SIGKILL);
  other.join();
  EXPECT_EQ(containers(), "");
}

TEST_P(ContainerEngineTest, WhatAKilledRunLeftIsRemovedByTheRunThatGoesOnAlone) {
  const pid_t killed = fork();
  if (killed == 0) {
    ContainerEngine engine = make();
    engine.take_over_run(folder_);
    run(engine, "trap '' TERM; : >/cuparity-out/begun; sleep 100");
    _exit(0);
  }
  for (int i = 0; i < 200 && !fs::exists(folder_ / "begun"); ++i) std::this_thread::sleep_for(100ms);
  ASSERT_TRUE(fs::exists(folder_ / "begun"));
  kill(killed, SIGKILL);
  waitpid(killed, nullptr, 0);
  ASSERT_THAT(containers(killed), HasSubstr("cuparity-")) << "without its command it runs on";
  fs::create_directories(folder_ / "other");
  EXPECT_THAT(make().take_over_run(folder_ / "other"), testing::IsEmpty());
  EXPECT_THAT(containers(killed), HasSubstr("cuparity-"));
  EXPECT_THAT(make().take_over_run(folder_), testing::ElementsAre(testing::StartsWith("cuparity-" + std::to_string(killed))));
  EXPECT_EQ(containers(killed), "");
  EXPECT_THAT(make().take_over_run(folder_), testing::IsEmpty());
}

TEST_P(ContainerEngineTest, SaysWhatTheImageIs) {
  ContainerEngine engine = make();
  EXPECT_EQ(engine.unusable(mode()), "");
  EXPECT_THAT(engine.describe().at("image_id"), testing::StartsWith("sha256:"));
  EXPECT_FALSE(engine.describe().at(GetParam().cli().program + "_version").empty());
}

TEST_P(ContainerEngineTest, SaysHowToGetAnImageThatIsNotThere) {
  ContainerEngine engine(GetParam().cli(), "localhost/cuparity-no-such-image:1", flags_, nullptr);
  EXPECT_THAT(engine.unusable(mode()), HasSubstr("image 'localhost/cuparity-no-such-image:1' is not there"));
}

TEST_P(ContainerEngineTest, GivesTheEnginesOwnWordsWhereItRefuses) {
  ContainerEngine engine = make();
  ProcessRequest request;
  request.command = {"/bin/true"};
  request.output_folder = folder_;
  const ProcessResult result = engine.run(request, mode("--device=/dev/cuparity-no-such-device"));
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.standard_error, HasSubstr("cuparity-no-such-device"));
}

INSTANTIATE_TEST_SUITE_P(
    Engines, ContainerEngineTest,
    testing::Values(EngineCase{"docker", docker_cli, EngineKind::docker},
                    EngineCase{"podman", podman_cli, EngineKind::podman}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace cuparity
