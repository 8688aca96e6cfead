// A container whose device is really taken away while the probe watches. Skipped, with the reason, where no engine
// starts a container.
#include "harness/access/survival.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "environment/text_file.hpp"
#include "harness/access/access_probe.hpp"
#include "harness/access/container_folder.hpp"
#include "harness/access/gather_access_host.hpp"
#include "harness/engine/engines.hpp"
#include "harness/engine/process.hpp"
#include "harness/engine/test_engine.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
constexpr const char* image = "localhost/cuparity-survival-test:empty";

/// An engine that takes a device away from the container beside every "update", as a reload of systemd's rules does
/// where the legacy hook set them.
class ThievingEngine : public Engine {
 public:
  using Theft = std::function<void(const std::string& container, const std::string& process)>;
  ThievingEngine(std::unique_ptr<Engine> engine, Theft steal) : engine_(std::move(engine)), steal_(std::move(steal)) {}

  fs::path output_path(const ProcessRequest& request) const override { return engine_->output_path(request); }
  fs::path binary_folder() const override { return engine_->binary_folder(); }
  ProcessResult run(const ProcessRequest& request, const AccessMode& mode) override { return engine_->run(request, mode); }
  std::string unusable(const AccessMode& mode) override { return engine_->unusable(mode); }
  std::string start_in_background(const ProcessRequest& request, const AccessMode& mode) override {
    return engine_->start_in_background(request, mode);
  }
  std::string stop_in_background(const std::string& name) override { return engine_->stop_in_background(name); }
  ProcessResult command(const std::vector<std::string>& words) override {
    ProcessResult result = engine_->command(words);
    if (result.exit_code != 0 || words.front() != "update") return result;
    const ProcessResult process = engine_->command({"inspect", "--format", "{{.State.Pid}}", words.back()});
    steal_(words.back(), environment::trim(process.standard_error));
    return result;
  }

 private:
  std::unique_ptr<Engine> engine_;
  Theft steal_;
};

class Survival : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "NOT tested: only root can take a device away from a container";
    if (const std::string obstacle = import_empty_image("docker", image); !obstacle.empty())
      GTEST_SKIP() << "a real engine was NOT tested: " << obstacle;
    host_ = gather_access_host(find_probe_folder(), "");
    if (host_.stand_in.empty()) GTEST_SKIP() << "NOT tested: no harmless device stands in for a GPU here";
    options_.mode = parse_access_mode("docker:--device=" + host_.stand_in);
    options_.disturbances = {"update"};
    EngineOptions options;
    options.image = image;
    engine_ = make_engine(EngineKind::docker, options);
    if (const std::string why = engine_->unusable(options_.mode); !why.empty())
      GTEST_SKIP() << "a real engine was NOT tested: " << why;
  }

  SurvivalReport watch(ThievingEngine::Theft steal) {
    ThievingEngine engine(std::move(engine_), std::move(steal));
    const ContainerFolder folder;
    return watch_survival(engine, options_, find_probe_folder(), folder.path(), host_);
  }

  AccessHost host_;
  SurvivalOptions options_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(Survival, AnUndisturbedContainerKeepsItsDevice) {
  const SurvivalReport report = watch([](const std::string&, const std::string&) {});
  EXPECT_EQ(report.watched, std::vector<std::string>{host_.stand_in});
  ASSERT_EQ(report.rows.size(), 1U);
  EXPECT_EQ(report.rows[0].obstacle, "");
  EXPECT_TRUE(report.survived()) << survival_text(report);
}

TEST_F(Survival, ANodeThatGoesIsReported) {
  const std::string node = host_.stand_in;
  const SurvivalReport report =
      watch([&](const std::string&, const std::string& process) { fs::remove("/proc/" + process + "/root" + node); });
  ASSERT_EQ(report.rows.size(), 1U);
  EXPECT_FALSE(report.survived());
  EXPECT_EQ(report.rows[0].lost, node + " ENOENT") << survival_text(report);
  EXPECT_TRUE(report.rows[0].lost_after_seconds.has_value());
  EXPECT_THAT(survival_text(report), testing::HasSubstr("access lost after"));
  EXPECT_THAT(survival_json(report), testing::HasSubstr("\"outcome\": \"lost\""));
}

/// Where cgroup v1 holds the rules of a process; empty under v2.
fs::path device_group(const std::string& process) {
  for (const std::string& line :
       environment::split(environment::read_text_file("/proc/" + process + "/cgroup").value_or(""), '\n')) {
    const std::size_t at = line.find(":devices:");
    if (at != std::string::npos) return fs::path("/sys/fs/cgroup/devices") / fs::path(line.substr(at + 9)).relative_path();
  }
  return {};
}

TEST_F(Survival, ARuleThatTheDeviceGroupLosesIsReported) {
  std::string obstacle;
  const SurvivalReport report = watch([&](const std::string&, const std::string& process) {
    const fs::path rules = device_group(process) / "devices.deny";
    std::ofstream file(rules);
    file << "c " << host_.stand_in_number << " rwm" << std::flush;
    if (!file) obstacle = "no rule can be taken away by " + rules.string() + " (cgroup v2 keeps them in a program)";
  });
  if (!obstacle.empty()) GTEST_SKIP() << "NOT tested: " << obstacle;
  ASSERT_EQ(report.rows.size(), 1U);
  EXPECT_EQ(report.rows[0].lost, host_.stand_in + " EPERM") << survival_text(report);
  EXPECT_TRUE(report.rows[0].lost_after_seconds.has_value());
}

}  // namespace
}  // namespace cuparity
