#include "harness/access/expected.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/access/access_rows.hpp"
#include "harness/access/gpu_request.hpp"

namespace cuparity {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

AccessHost two_gpus() {
  AccessHost host;
  host.gpus = {{0, "GPU-a", "00000000:01:00.0", 0, {}}, {1, "GPU-b", "00000000:02:00.0", 1, {"MIG-b"}}};
  host.library_words = {"--volume=/lib/libcuda.so.1:/usr/local/nvidia/lib64/libcuda.so.1:ro"};
  return host;
}

AccessEngine docker(const std::string& version) {
  AccessEngine engine;
  engine.name = "docker";
  engine.version = version;
  engine.legacy_hook = engine.cdi_hook = engine.cdi = engine.nvidia_runtime = true;
  engine.cdi_names = {"nvidia.com/gpu=0", "nvidia.com/gpu=1", "nvidia.com/gpu=all", "nvidia.com/gpu=GPU-b"};
  engine.toolkit_version = "1.17.8";
  return engine;
}

AccessEngine podman(const std::string& version) {
  AccessEngine engine = docker(version);
  engine.name = "podman";
  return engine;
}

struct Case {
  const char* mode;
  AccessEngine engine;
  Start start;
  std::vector<std::string> gpus;
};

TEST(Expected, WhatEachRequestGives) {
  const std::vector<std::string> none, a = {"GPU-a"}, b = {"GPU-b"}, both = {"GPU-a", "GPU-b"};
  const Case cases[] = {
      {"docker:none", docker("28.2.2"), Start::starts, none},
      {"docker:--env NVIDIA_VISIBLE_DEVICES=all", docker("28.2.2"), Start::starts, none},
      {"docker:--gpus=all", docker("20.10.24+dfsg1"), Start::starts, both},
      {"docker:--gpus=1", docker("28.2.2"), Start::starts, a},
      {"docker:--gpus=2", docker("28.2.2"), Start::starts, both},
      {"docker:--gpus=3", docker("28.2.2"), Start::refused, none},
      {"docker:--gpus=0", docker("27.3.0"), Start::starts, none},
      {"docker:--gpus=0", docker("29.2.0"), Start::starts, none},
      {"docker:--gpus=device=1", docker("28.2.2"), Start::starts, b},
      {"docker:--gpus=device=GPU-b", docker("28.2.2"), Start::starts, b},
      {R"(docker:--gpus='"device=0,1"')", docker("28.2.2"), Start::starts, both},
      {"docker:--gpus=device=99", docker("28.2.2"), Start::refused, none},
      {"docker:--gpus=device=GPU-c", docker("28.2.2"), Start::refused, none},
      {"docker:--gpus=all,capabilities=nonsense", docker("28.2.2"), Start::refused, none},
      {"docker:--gpus=count=1,device=0", docker("28.2.2"), Start::refused, none},
      {"docker:--gpus=all", docker("18.9.1"), Start::unavailable, none},
      {"docker:--runtime=nvidia --env NVIDIA_VISIBLE_DEVICES=all", docker("28.2.2"), Start::starts, both},
      {"docker:--runtime=nvidia --env NVIDIA_VISIBLE_DEVICES=none", docker("28.2.2"), Start::starts, none},
      {"docker:--runtime=nvidia --env NVIDIA_VISIBLE_DEVICES=void", docker("28.2.2"), Start::starts, none},
      {"docker:--runtime=nvidia --env NVIDIA_VISIBLE_DEVICES=1", docker("28.2.2"), Start::starts, b},
      {"docker:--runtime=nvidia --env NVIDIA_VISIBLE_DEVICES=99", docker("28.2.2"), Start::refused, none},
      {"docker:--device=nvidia.com/gpu=1", docker("28.2.2"), Start::starts, b},
      {"docker:--device=nvidia.com/gpu=all", docker("28.2.2"), Start::starts, both},
      {"docker:--device=nvidia.com/gpu=GPU-b", docker("28.2.2"), Start::starts, b},
      {"docker:--device=nvidia.com/gpu=GPU-a", docker("28.2.2"), Start::unavailable, none},
      {"docker:--device=nvidia.com/gpu=99", docker("28.2.2"), Start::refused, none},
      {"docker:--device=example.com/none=0", docker("24.0.0"), Start::refused, none},
      {"docker:--device=nvidia.com/gpu=0", docker("24.0.0"), Start::unavailable, none},
      {"docker:manual", docker("28.2.2"), Start::starts, both},
      {"docker:--device=/dev/nvidia1 --device=/dev/nvidiactl", docker("28.2.2"), Start::starts, b},
      {"podman:--gpus=all", podman("4.9.3"), Start::starts, none},
      {"podman:--gpus=device=99", podman("4.3.1"), Start::starts, none},
      {"podman:--gpus=all", podman("5.0.0"), Start::starts, both},
      {"podman:--gpus=1", podman("5.0.0"), Start::starts, b},
      {"podman:--gpus=2", podman("5.0.0"), Start::refused, none},
      {"podman:--gpus=device=0", podman("5.2.0"), Start::refused, none},
  };
  for (const Case& each : cases) {
    const Expected found = expected(parse_access_mode(each.mode), each.engine, two_gpus());
    EXPECT_EQ(found.start, each.start) << each.mode << " " << each.engine.version << ": " << found.rule;
    EXPECT_EQ(found.gpus, each.start == Start::starts ? each.gpus : found.gpus) << each.mode;
    EXPECT_FALSE(found.rule.empty()) << each.mode;
    EXPECT_FALSE(found.open) << each.mode;
  }
}

TEST(Expected, CapabilitiesChooseLibrariesOnTheLegacyPathAlone) {
  const AccessMode utility = parse_access_mode("docker:--gpus=device=0,capabilities=utility");
  const Expected legacy = expected(utility, docker("28.2.2"), two_gpus());
  EXPECT_TRUE(legacy.nvml);
  EXPECT_FALSE(legacy.cuda);
  const Expected cdi = expected(utility, docker("29.2.0"), two_gpus());
  EXPECT_TRUE(cdi.cuda);
  EXPECT_THAT(cdi.paths, testing::Contains("cdi"));
}

TEST(Expected, WithoutTheHookAGpuCantBeAskedForButAWrongOneIsRefused) {
  AccessEngine plain = docker("28.2.2");
  plain.legacy_hook = plain.cdi_hook = plain.nvidia_runtime = false;
  EXPECT_EQ(expected(parse_access_mode("docker:--gpus=all"), plain, two_gpus()).start, Start::unavailable);
  EXPECT_EQ(expected(parse_access_mode("docker:--gpus=device=99"), plain, two_gpus()).start, Start::refused);
}

TEST(Expected, OpenContainersMustLeak) {
  EXPECT_TRUE(expected(parse_access_mode("docker:--privileged"), docker("28.2.2"), two_gpus()).open);
  const Expected shared = expected(parse_access_mode("docker:--ipc=host --pid=host --gpus=1"), docker("28.2.2"), two_gpus());
  EXPECT_FALSE(shared.open);
  EXPECT_TRUE(shared.may_not_start);
  EXPECT_TRUE(expected(parse_access_mode("docker:--device-cgroup-rule='c 195:* rwm'"), docker("28.2.2"), two_gpus())
                  .open);
}

TEST(Expected, ANodeBesideTheGpusThatWereAskedForIsOpen) {
  const AccessMode both = parse_access_mode("docker:--device=nvidia.com/gpu=0 --device=/dev/nvidia1");
  const Expected found = expected(both, docker("28.2.2"), two_gpus());
  EXPECT_TRUE(found.open);
  EXPECT_THAT(found.gpus, ElementsAre("GPU-a"));
  EXPECT_THAT(found.rule, HasSubstr("/dev/nvidia1"));
}

TEST(Expected, ADriverFolderMountedWholeBringsTheLibraries) {
  AccessHost host = two_gpus();
  host.driver_library = "/usr/local/nvidia/lib64/libcuda.so.580.159.04";
  const std::string nodes = "docker:--device=/dev/nvidia0 --device=/dev/nvidiactl --device=/dev/nvidia-uvm ";
  const std::pair<const char*, bool> mounts[] = {
      {"--volume=/usr/local/nvidia:/usr/local/nvidia:ro", true},
      {"-v /usr/local/nvidia/:/driver:ro", true},
      {"--mount type=bind,source=/usr/local/nvidia/lib64,target=/driver", true},
      {"--volume=/usr/local/nvidia/lib64/libcuda.so.580.159.04:/usr/lib/libcuda.so.1:ro", true},
      {"--volume=/usr/local/nvidi:/driver", false},
      {"--volume=/data:/usr/local/nvidia", false},
  };
  for (const auto& [mount, brings] : mounts)
    EXPECT_EQ(expected(parse_access_mode(nodes + mount), docker("28.2.2"), host).cuda, brings) << mount;
}

TEST(Expected, ADriverOfDocker29GoesOneWayAlone) {
  const AccessMode cdi = parse_access_mode("docker:--gpus=driver=nvidia.cdi,device=1");
  const AccessMode hook = parse_access_mode("docker:--gpus=driver=nvidia.runtime-hook,device=1,capabilities=utility");
  EXPECT_THAT(expected(cdi, docker("29.7.2"), two_gpus()).paths, ElementsAre("cdi"));
  EXPECT_EQ(expected(cdi, docker("28.2.2"), two_gpus()).start, Start::refused);
  EXPECT_THAT(expected(hook, docker("29.7.2"), two_gpus()).paths, ElementsAre("legacy"));
  AccessEngine without = docker("29.7.2");
  without.cdi_names.clear();
  EXPECT_EQ(expected(cdi, without, two_gpus()).start, Start::unavailable);
}

// Seen with Docker 29.7.2: capabilities reach the hook only where Docker chose the driver by them.
TEST(Expected, CapabilitiesBesideANamedDriverDoNothingButTheVariableDoes) {
  const std::string named = "docker:--gpus=driver=nvidia.runtime-hook,device=1";
  const Expected ignored = expected(parse_access_mode(named + ",capabilities=utility"), docker("29.7.2"), two_gpus());
  EXPECT_TRUE(ignored.nvml && ignored.cuda);
  const AccessMode variable = parse_access_mode(named + " --env NVIDIA_DRIVER_CAPABILITIES=utility");
  const Expected obeyed = expected(variable, docker("29.7.2"), two_gpus());
  EXPECT_TRUE(obeyed.nvml);
  EXPECT_FALSE(obeyed.cuda);
}

TEST(Expected, TheRuntimeObeysCapabilitiesWhereItsModeIsLegacy) {
  const AccessMode utility = parse_access_mode(
      "docker:--runtime=nvidia --env NVIDIA_VISIBLE_DEVICES=0 --env NVIDIA_DRIVER_CAPABILITIES=utility");
  AccessEngine engine = docker("29.7.2");
  engine.toolkit_version = "1.19.1";
  engine.runtime_mode = "auto";
  EXPECT_TRUE(expected(utility, engine, two_gpus()).cuda);
  engine.runtime_mode = "legacy";
  EXPECT_FALSE(expected(utility, engine, two_gpus()).cuda);
}

TEST(GpuRequest, QuotesKeepCommasTogether) {
  const GpusFlag flag = parse_gpus_flag(R"("device=0,1","capabilities=compute,utility")");
  EXPECT_THAT(flag.devices, ElementsAre("0", "1"));
  EXPECT_THAT(flag.capabilities, ElementsAre("compute", "utility"));
  EXPECT_FALSE(flag.count);
  EXPECT_EQ(parse_gpus_flag("all").count, -1);
  EXPECT_EQ(parse_gpus_flag("capabilities=utility").count, 1);
}

TEST(AccessRows, EveryRowOfATwoGpuHostIsAModeAndNoneIsDroppedWithoutAGpu) {
  for (const char* engine : {"docker", "podman", "compose"}) {
    const auto with = access_requests(engine, two_gpus());
    const auto without = access_requests(engine, AccessHost{});
    EXPECT_EQ(with.size(), without.size());
    for (const AccessRequest& request : with) EXPECT_THAT(request.shown, testing::Not(HasSubstr("{index"))) << request.name;
    EXPECT_TRUE(std::any_of(without.begin(), without.end(),
                            [](const AccessRequest& request) { return !request.obstacle.empty(); }));
  }
}

TEST(AccessRows, FillInTheLastGpu) {
  for (const AccessRequest& request : access_requests("docker", two_gpus())) {
    if (request.name == "--gpus device=last index") {
      EXPECT_EQ(request.mode.text, "docker:--gpus=device=1");
    } else if (request.name == "--gpus device=MIG") {
      EXPECT_EQ(request.mode.text, "docker:--gpus=device=MIG-b");
    }
  }
}

}  // namespace
}  // namespace cuparity
