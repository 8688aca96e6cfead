// A real Ctrl-C of the real program while a container of its own runs: it stops, and none is left. Skipped, with the reason,
// where no engine starts a container.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "environment/temporary_folder.hpp"
#include "harness/access/access_probe.hpp"
#include "harness/access/gather_access_host.hpp"
#include "harness/engine/engines.hpp"
#include "harness/engine/test_engine.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* image = "localhost/cuparity-interrupted-test:latest";

class InterruptedEngine : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const std::string engine = GetParam();
    const bool installed = shell("command -v " + engine).exit_code == 0;
    const std::string obstacle = installed ? make_image(engine) : engine + " is not installed";
    if (!obstacle.empty()) GTEST_SKIP() << "a real engine was NOT tested: " << obstacle;
    const auto flags = container_flags(engine == "docker" ? EngineKind::docker : EngineKind::podman);
    const ProcessResult plain = shell(
        fmt::format("{} run --rm --network none {} --entrypoint /bin/sleep {} 0", engine, fmt::join(flags, " "), image));
    if (plain.exit_code != 0) GTEST_SKIP() << "a real engine was NOT tested: " << plain.standard_error;
  }

  /// One in which the doctor's question takes longer than a person waits.
  static std::string make_image(const std::string& engine) {
    const TemporaryFolder folder;
    const fs::path smi = folder.path() / "nvidia-smi";
    std::ofstream(smi) << "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 1; done\n";
    fs::permissions(smi, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec | fs::perms::group_read |
                             fs::perms::others_read);
    return import_image_of({{"sh"}, {"sleep"}, {smi.string()}}, engine, image);
  }

  /// Interrupts the program once its container is there. Its exit code and words, "LEFT" and "AFTER" its seconds behind them.
  static ProcessResult interrupted(const std::string& arguments) {
    return shell(fmt::format("ours() {{ {0} ps --all --format '{{{{.Names}}}}' | grep -- \"-$pid-\"; }}\n"
                             "{1} {2} & pid=$!\n"
                             "until ours >/dev/null; do kill -0 $pid || exit 9; sleep 0.1; done\n"
                             "sleep 1; begin=$(date +%s); kill -INT $pid; wait $pid; code=$?\n"
                             "ours && echo LEFT; echo AFTER $(($(date +%s) - begin)) s; exit $code",
                             GetParam(), CUPARITY_PROGRAM, arguments));
  }
};

TEST_P(InterruptedEngine, DoctorLeavesNoContainer) {
  const ProcessResult result = interrupted(fmt::format("doctor --mode {}:none --image {}", GetParam(), image));
  EXPECT_EQ(result.exit_code, exit_inconclusive) << result.standard_error;
  EXPECT_THAT(result.standard_error, AllOf(HasSubstr("cuparity: stopped by the user; nothing was changed, and no container"),
                                           testing::ContainsRegex("AFTER [0-8] s"), Not(HasSubstr("LEFT"))));
}

TEST_P(InterruptedEngine, SurvivalLeavesNoContainer) {
  const AccessHost host = gather_access_host(find_probe_folder(), "");
  if (host.stand_in.empty()) GTEST_SKIP() << "NOT tested: no harmless device stands in for a GPU here";
  const ProcessResult result =
      interrupted(fmt::format("access --survival {0}:--device={1} --stand-in {1} --image {2} --disturb update --seconds 60",
                              GetParam(), host.stand_in, image));
  EXPECT_EQ(result.exit_code, exit_inconclusive) << result.standard_error;
  EXPECT_THAT(result.standard_error, AllOf(HasSubstr("cuparity: stopped by the user; the container was removed"),
                                           testing::ContainsRegex("AFTER [0-8] s"), Not(HasSubstr("LEFT"))));
}

INSTANTIATE_TEST_SUITE_P(Engines, InterruptedEngine, testing::Values("docker", "podman"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace cuparity
