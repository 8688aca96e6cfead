// The truth table on the engines of this machine. Skipped, with the reason, where none starts a container.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "harness/access/access_probe.hpp"
#include "harness/access/container_folder.hpp"
#include "harness/access/truth_table.hpp"
#include "harness/engine/engines.hpp"
#include "harness/engine/process.hpp"
#include "harness/engine/test_engine.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* image = "localhost/cuparity-access-test:empty";

struct Tried {
  std::string obstacle;  ///< why there is no table
  AccessTable table;
};

class RealAccess : public testing::TestWithParam<const char*> {
 protected:
  /// Once an engine for all tests: every row starts a container.
  static const Tried& tried(const std::string& engine) {
    static std::map<std::string, Tried> all;
    const auto [found, is_new] = all.try_emplace(engine);
    if (is_new) found->second = try_engine(engine);
    return found->second;
  }

  static Tried try_engine(const std::string& engine) {
    // The probe needs nothing of its image, so an empty one is a test too.
    if (std::string obstacle = import_empty_image(engine, image); !obstacle.empty()) return {obstacle, {}};
    TruthTableOptions options;
    options.engine = engine;
    options.image = image;
    options.row = "^(no request|NVIDIA_VISIBLE_DEVICES=all alone|unknown capability|--gpus 99|--gpus bad UUID|CDI "
                  "index 99|CDI unresolvable|privileged|.* without a GPU|count and device_ids|deploy, device_ids 99)$";
    try {
      return {"", make_truth_table(options)};
    } catch (const EnvironmentError& error) {
      return {error.what(), {}};
    }
  }

  void SetUp() override {
    const Tried& here = tried(GetParam());
    if (!here.obstacle.empty()) GTEST_SKIP() << "a real engine was NOT tested: " << here.obstacle;
    table_ = here.table;
  }

  const AccessRow* row(const std::string& engine, const std::string& name) const {
    const auto found = std::find_if(table_.rows.begin(), table_.rows.end(), [&](const AccessRow& each) {
      return each.engine == engine && each.name == name;
    });
    return found == table_.rows.end() ? nullptr : &*found;
  }

  void expect_verdict(const std::string& name, AccessVerdict verdict, const std::string& reason) {
    SCOPED_TRACE(std::string(GetParam()) + " " + name);
    const AccessRow* found = row(GetParam(), name);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->verdict, verdict) << found->reason;
    EXPECT_THAT(found->reason, HasSubstr(reason));
  }

  AccessTable table_;
};

TEST_P(RealAccess, EveryRowIsAsItMustBe) {
  for (const AccessRow& each : table_.rows)
    EXPECT_TRUE(each.as_expected) << each.engine << " " << each.name << ": " << each.reason;
}

TEST_P(RealAccess, NothingAskedGivesNothing) {
  expect_verdict("no request", AccessVerdict::pass, "");
  expect_verdict("NVIDIA_VISIBLE_DEVICES=all alone", AccessVerdict::pass, "");
  const AccessRow* none = row(GetParam(), "no request");
  ASSERT_NE(none, nullptr);
  EXPECT_TRUE(none->node_gpus.empty());
  EXPECT_EQ(none->injection_path, "none");
  EXPECT_THAT(none->capabilities, HasSubstr("device cgroup v"));
}

TEST_P(RealAccess, WrongRequestsAreRefusedInTheEnginesWords) {
  for (const char* name : {"CDI index 99", "CDI unresolvable"}) expect_verdict(name, AccessVerdict::pass, "refused: ");
  if (GetParam() != std::string("docker")) return;  // before Podman 5 --gpus is read and does nothing
  for (const char* name : {"unknown capability", "--gpus 99", "--gpus bad UUID"})
    expect_verdict(name, AccessVerdict::pass, "refused: ");
}

TEST_P(RealAccess, OpenContainersAreSeenToLeak) {
  if (table_.host.stand_in.empty()) GTEST_SKIP() << "NOT tested: no harmless device stands in for a GPU here";
  expect_verdict("device without a GPU", AccessVerdict::pass, "");
  expect_verdict("device rule without a GPU", AccessVerdict::leak, "a node made with mknod opens");
  const AccessRow* privileged = row(GetParam(), "privileged");
  ASSERT_NE(privileged, nullptr);
  if (privileged->verdict == AccessVerdict::skipped) GTEST_SKIP() << "NOT tested: " << privileged->reason;
  expect_verdict("privileged", AccessVerdict::leak, "every capability of the host");
}

TEST_P(RealAccess, ComposeRefusesWhatContradictsItself) {
  if (GetParam() != std::string("docker")) return;
  int tried = 0;
  for (const char* compose : {"docker compose", "docker-compose"}) {
    const AccessRow* found = row(compose, "count and device_ids");
    ASSERT_NE(found, nullptr);
    if (found->verdict == AccessVerdict::skipped) continue;
    ++tried;
    EXPECT_EQ(found->verdict, AccessVerdict::pass) << found->reason;
    EXPECT_THAT(found->reason, StartsWith("refused: "));
  }
  if (tried == 0) GTEST_SKIP() << "NOT tested: no Compose of 1.28 or newer is here";
}

/// A container that sees `gpus` of two by a stand-in for the driver, and tries to open what the host holds on GPU 1.
AccessRow row_with_fake_driver(const std::string& program, const AccessHost& host, const std::string& gpus) {
  const AccessMode mode = parse_access_mode(program + ":--ipc=host --pid=host --env LD_LIBRARY_PATH=/fake --env "
                                            "CUPARITY_FAKE_CUDA_GPUS=" + gpus + " --volume=" CUPARITY_FAKE_CUDA_FOLDER
                                            ":/fake:ro");
  EngineOptions options;
  options.image = image;
  const ContainerFolder folder;
  MemoryHolder holder(find_probe_folder(), host.gpus);
  Expected wanted;
  wanted.gpus = {host.gpus[0].uuid};
  wanted.may_not_start = true;
  AccessRow row;
  judge_access(row, wanted,
               attempt_access(*make_engine(mode.engine, options), mode, find_probe_folder(), folder.path(), host,
                              holder.memory_outside(wanted.gpus)),
               host);
  return row;
}

TEST_P(RealAccess, MemoryOfTheHostIsTriedInsideAndFoundWhereItOpens) {
  if (!std::filesystem::exists(CUPARITY_FAKE_CUDA_FOLDER "/libcuda.so.1"))
    GTEST_SKIP() << "NOT tested: this is not the machine that it was built on; the stand-in for the driver is missing";
  AccessHost host;
  host.gpus = {{0, "GPU-11111111-1111-1111-1111-111111111111", "00000000:01:00.0", 0, {}},
               {1, "GPU-22222222-2222-2222-2222-222222222222", "00000000:02:00.0", 1, {}}};
  setenv("LD_LIBRARY_PATH", CUPARITY_FAKE_CUDA_FOLDER, 1);
  const AccessRow closed = row_with_fake_driver(GetParam(), host, "0");
  const AccessRow open = row_with_fake_driver(GetParam(), host, "01");
  unsetenv("LD_LIBRARY_PATH");
  if (closed.verdict == AccessVerdict::skipped) GTEST_SKIP() << "NOT tested: " << closed.reason;
  ASSERT_EQ(closed.ipc.size(), 1U) << closed.ipc_not_tried;
  EXPECT_EQ(closed.ipc[0].result, "CUDA_ERROR_INVALID_DEVICE");
  EXPECT_THAT(closed.leaks, testing::Not(testing::Contains(HasSubstr("CUDA IPC"))));
  EXPECT_THAT(open.leaks, testing::Contains(HasSubstr("GPU 1 (GPU-22222222-2222-2222-2222-222222222222): CUDA IPC opens")));
  EXPECT_EQ(open.peers.size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(Engines, RealAccess, testing::Values("docker", "podman"),
                         [](const testing::TestParamInfo<const char*>& test) { return std::string(test.param); });

}  // namespace
}  // namespace cuparity
