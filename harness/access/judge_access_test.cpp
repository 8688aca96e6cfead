// Recorded probes of two-GPU hosts: passes, leaks, and what is neither.
#include "harness/access/judge_access.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/access/survival.hpp"

namespace cuparity {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

AccessHost two_gpus() {
  AccessHost host;
  host.gpus = {{0, "GPU-a", "00000000:01:00.0", 0, {}}, {1, "GPU-b", "00000000:02:00.0", 1, {}}};
  host.driver_version = "580.159.04";
  host.effective_capabilities = "000001ffffffffff";
  host.root = true;
  return host;
}

/// A container that was given GPU a by CDI, as the probe records it.
json given_a() {
  return json::parse(R"({
    "container": "docker", "injection_path": "cdi",
    "nodes": [{"path": "/dev/nvidia0", "major": 195, "minor": 0, "opens": "ok"},
              {"path": "/dev/nvidiactl", "major": 195, "minor": 255, "opens": "ok"},
              {"path": "/dev/nvidia-uvm", "major": 511, "minor": 0, "opens": "ok"}],
    "made_nodes": [{"device": "195:1", "made": "ok", "opens": "EPERM"}],
    "driver_libraries": [
      {"name": "libcuda.so.1", "path": "/usr/lib/libcuda.so.580.159.04", "version": "580.159.04", "origin": "mount"},
      {"name": "libnvidia-ml.so.1", "path": "/usr/lib/libnvidia-ml.so.580.159.04", "version": "580.159.04",
       "origin": "mount"}],
    "confinement": {"effective_capabilities": "00000000a80425fb", "capability_names": ["chown", "mknod"],
                    "every_capability": false, "seccomp": "filter",
                    "device_cgroup": {"version": "2", "rules": null, "allows_everything": null}},
    "nvml": {"outcome": "ok", "gpus": [{"uuid": "GPU-a"}], "asked": {"GPU-a": 0, "GPU-b": 6}},
    "cuda": {"outcome": "ok", "gpus": [{"ordinal": 0, "uuid": "GPU-a"}],
             "asked": {"00000000:01:00.0": 0, "00000000:02:00.0": 101}},
    "ipc": {"outcome": "ok", "attempts": [{"gpu": "GPU-b", "ordinal": 0, "uuid": "GPU-a", "code": 101,
            "called": "cuIpcOpenMemHandle", "name": "CUDA_ERROR_INVALID_DEVICE"}]}})");
}

Expected only_a() {
  Expected expected;
  expected.gpus = {"GPU-a"};
  expected.paths = {"cdi"};
  return expected;
}

AccessRow judge(const Expected& expected, const json& probe) {
  AccessRow row;
  judge_access(row, expected, {probe, "", false, ""}, two_gpus());
  return row;
}

TEST(JudgeAccess, APass) {
  const AccessRow row = judge(only_a(), given_a());
  EXPECT_EQ(row.verdict, AccessVerdict::pass) << row.reason;
  EXPECT_TRUE(row.as_expected);
  EXPECT_THAT(row.leaks, IsEmpty());
}

struct Leak {
  const char* patch;
  const char* found;
};

TEST(JudgeAccess, EveryWayToTheOtherGpuIsALeak) {
  const Leak leaks[] = {
      {R"([{"op": "add", "path": "/nodes/-", "value": {"path": "/dev/nvidia1", "minor": 1, "opens": "ok"}}])",
       "GPU 1 (GPU-b): its node /dev/nvidia1 opens"},
      {R"([{"op": "replace", "path": "/made_nodes/0/opens", "value": "ok"}])", "a node made with mknod opens"},
      {R"([{"op": "replace", "path": "/nvml/asked/GPU-b", "value": 0}])", "NVML gives it by its UUID"},
      {R"([{"op": "replace", "path": "/cuda/asked/00000000:02:00.0", "value": 0}])", "CUDA gives it"},
      {R"([{"op": "replace", "path": "/confinement/device_cgroup/allows_everything", "value": true}])",
       "the device cgroup allows every device"},
      {R"([{"op": "replace", "path": "/confinement/effective_capabilities", "value": "000001ffffffffff"}])",
       "it holds every capability of the host"},
      {R"([{"op": "add", "path": "/cuda/beyond_last_ordinal", "value": 0}])", "an ordinal past the last device"},
      {R"([{"op": "replace", "path": "/ipc/attempts/0/code", "value": 0}])",
       "GPU 1 (GPU-b): CUDA IPC opens memory of another process on it, from GPU-a"},
  };
  for (const Leak& leak : leaks) {
    const AccessRow row = judge(only_a(), given_a().patch(json::parse(leak.patch)));
    EXPECT_EQ(row.verdict, AccessVerdict::leak) << leak.found;
    EXPECT_FALSE(row.as_expected);
    EXPECT_THAT(row.leaks, Contains(HasSubstr(leak.found)));
  }
}

TEST(JudgeAccess, InAUserNamespaceADeviceCgroupThatAllowsEverythingOpensNothing) {
  const AccessRow row = judge(only_a(), given_a().patch(json::parse(
      R"([{"op": "replace", "path": "/confinement/device_cgroup/allows_everything", "value": true},
          {"op": "add", "path": "/confinement/user_namespace", "value": true}])")));
  EXPECT_EQ(row.verdict, AccessVerdict::pass) << row.reason;
}

TEST(JudgeAccess, ARefusedMemoryIsRecordedWithItsCode) {
  const AccessRow row = judge(only_a(), given_a());
  ASSERT_EQ(row.ipc.size(), 1U);
  EXPECT_EQ(row.ipc[0].gpu, "GPU-b");
  EXPECT_EQ(row.ipc[0].from, "GPU-a");
  EXPECT_EQ(row.ipc[0].result, "CUDA_ERROR_INVALID_DEVICE");
  EXPECT_EQ(row.ipc[0].code, 101);
  EXPECT_EQ(row.ipc_not_tried, "");
  EXPECT_THAT(row.peers, IsEmpty());
}

TEST(JudgeAccess, MemoryThatWasNotTriedIsNoVerdictAndSaysWhy) {
  const std::pair<const char*, const char*> reasons[] = {
      {R"([{"op": "replace", "path": "/ipc", "value": {"outcome": "hung", "failure": "no answer within 10000 ms"}}])",
       "CUDA does not start inside: no answer within 10000 ms"},
      {R"([{"op": "replace", "path": "/ipc/attempts", "value": []}])", "CUDA shows no device inside"},
      {R"([{"op": "replace", "path": "/ipc/attempts/0/called", "value": "cuDevicePrimaryCtxRetain"}])",
       "no context could be made inside"}};
  for (const auto& [patch, reason] : reasons) {
    const AccessRow row = judge(only_a(), given_a().patch(json::parse(patch)));
    EXPECT_EQ(row.verdict, AccessVerdict::pass) << row.reason;
    EXPECT_EQ(row.ipc_not_tried, reason);
  }
  AccessRow row;
  json probe = given_a();
  probe.erase("ipc");
  judge_access(row, only_a(), {probe, "", false, "this host has one GPU"}, two_gpus());
  EXPECT_EQ(row.ipc_not_tried, "this host has one GPU");
  EXPECT_EQ(row.verdict, AccessVerdict::pass) << row.reason;
}

TEST(JudgeAccess, MemoryOfAGpuThatWasAskedForIsNoLeak) {
  Expected both = only_a();
  both.gpus = {"GPU-a", "GPU-b"};
  const AccessRow row = judge(both, given_a().patch(json::parse(R"([{"op": "replace", "path": "/ipc/attempts/0/code", "value": 0}])")));
  EXPECT_THAT(row.leaks, IsEmpty());
}

TEST(JudgeAccess, PeersAreNamedByTheirUuids) {
  const AccessRow row = judge(only_a(), given_a().patch(json::parse(
      R"([{"op": "add", "path": "/cuda/gpus/-", "value": {"ordinal": 1, "uuid": "GPU-b"}},
          {"op": "add", "path": "/cuda/peers", "value": [{"from": 0, "to": 1, "code": 0, "possible": true}]}])")));
  ASSERT_EQ(row.peers.size(), 1U);
  EXPECT_EQ(row.peers[0].from, "GPU-a");
  EXPECT_EQ(row.peers[0].to, "GPU-b");
  EXPECT_TRUE(row.peers[0].possible);
  EXPECT_EQ(row.verdict, AccessVerdict::leak);  // GPU b is visible
}

TEST(JudgeAccess, ANodeThatTheDriverDoesNotServeIsNoLeak) {
  const json probe = given_a().patch(
      json::parse(R"([{"op": "replace", "path": "/made_nodes/0/opens", "value": "ENXIO"}])"));
  EXPECT_EQ(judge(only_a(), probe).verdict, AccessVerdict::pass);
}

TEST(JudgeAccess, ANodeThatNeitherNvmlNorCudaNeedsIsOnlyNoted) {
  const AccessRow row = judge(only_a(), given_a().patch(json::parse(
      R"([{"op": "add", "path": "/nodes/-", "value": {"path": "/dev/nvidia-modeset", "opens": "ENXIO"}}])")));
  EXPECT_EQ(row.verdict, AccessVerdict::pass) << row.reason;
  EXPECT_THAT(row.notes, Contains(HasSubstr("/dev/nvidia-modeset does not open: ENXIO")));
}

TEST(JudgeAccess, AQuestionThatDoesNotEvenGiveItsOwnGpuIsNamedBlind) {
  EXPECT_THAT(judge(only_a(), given_a()).notes, IsEmpty());
  const AccessRow row = judge(only_a(), given_a().patch(json::parse(
      R"([{"op": "replace", "path": "/cuda/asked/00000000:01:00.0", "value": 101}])")));
  EXPECT_EQ(row.verdict, AccessVerdict::pass) << row.reason;
  EXPECT_THAT(row.notes, Contains(HasSubstr("CUDA does not give its own GPU 0 by PCI address (code 101)")));
}

TEST(JudgeAccess, GpusThatAVariableKeepsFromCudaAreNoted) {
  Expected both = only_a();
  both.gpus = {"GPU-a", "GPU-b"};
  json probe = given_a().patch(json::parse(
      R"([{"op": "add", "path": "/nodes/-", "value": {"path": "/dev/nvidia1", "major": 195, "minor": 1, "opens": "ok"}},
          {"op": "add", "path": "/nvml/gpus/-", "value": {"uuid": "GPU-b"}}])"));
  EXPECT_THAT(judge(both, probe).reason, HasSubstr("CUDA show GPU-a, expected GPU-a, GPU-b"));
  probe["cuda"]["visible_devices"] = "0";
  const AccessRow row = judge(both, probe);
  EXPECT_EQ(row.verdict, AccessVerdict::pass) << row.reason;
  EXPECT_THAT(row.notes, Contains("CUDA_VISIBLE_DEVICES=0: CUDA shows 1 of 2"));
}

TEST(JudgeAccess, WhatIsMissingOrNotTheHostsFails) {
  const std::pair<const char*, const char*> faults[] = {
      {R"([{"op": "replace", "path": "/nvml/gpus", "value": []}])", "NVML show none, expected GPU-a"},
      {R"([{"op": "replace", "path": "/cuda", "value": {"outcome": "failed", "failure": "cuInit says 999"}}])",
       "CUDA does not answer: cuInit says 999"},
      {R"([{"op": "replace", "path": "/nodes/0/opens", "value": "EPERM"}])", "/dev/nvidia0 does not open: EPERM"},
      {R"([{"op": "replace", "path": "/driver_libraries/0/origin", "value": "stub"}])", "not the host's"},
      {R"([{"op": "replace", "path": "/driver_libraries/0/version", "value": "570.1"}])", "is of driver 570.1"},
      {R"([{"op": "replace", "path": "/injection_path", "value": "legacy"}])", "injected by 'legacy', expected cdi"},
  };
  for (const auto& [patch, found] : faults) {
    const AccessRow row = judge(only_a(), given_a().patch(json::parse(patch)));
    EXPECT_EQ(row.verdict, AccessVerdict::fail) << found;
    EXPECT_THAT(row.reason, HasSubstr(found));
  }
}

TEST(JudgeAccess, AnOpenContainerMustBeSeenToLeak) {
  Expected open = only_a();
  open.open = true;
  const AccessRow blind = judge(open, given_a());
  EXPECT_EQ(blind.verdict, AccessVerdict::fail);
  EXPECT_FALSE(blind.as_expected);
  const AccessRow seen = judge(
      open, given_a().patch(json::parse(R"([{"op": "replace", "path": "/made_nodes/0/opens", "value": "ok"}])")));
  EXPECT_EQ(seen.verdict, AccessVerdict::leak);
  EXPECT_TRUE(seen.as_expected);
  // A refusal says nothing of isolation where nothing isolates.
  EXPECT_THAT(seen.notes, Contains("CUDA IPC was refused in this open container too"));
  const AccessRow opened = judge(
      open, given_a().patch(json::parse(R"([{"op": "replace", "path": "/ipc/attempts/0/code", "value": 0}])")));
  EXPECT_EQ(opened.verdict, AccessVerdict::leak);
  EXPECT_TRUE(opened.as_expected);
  EXPECT_THAT(opened.notes, Not(Contains(HasSubstr("CUDA IPC"))));
}

AccessRow did_not_start(const Expected& expected, const char* words) {
  AccessRow row;
  judge_access(row, expected, {std::nullopt, words, false, ""}, two_gpus());
  return row;
}

Expected open_one() {
  Expected open;
  open.open = open.may_not_start = true;
  return open;
}

Expected in_host_namespaces() {
  Expected expected = only_a();
  expected.may_not_start = true;
  return expected;
}

TEST(JudgeAccess, AnOpenContainerThatThisMachineRefusesIsSkipped) {
  const AccessRow row = did_not_start(open_one(), "unable to apply caps: operation not permitted: unknown.");
  EXPECT_EQ(row.verdict, AccessVerdict::skipped);
  EXPECT_TRUE(row.as_expected);
  EXPECT_THAT(row.reason, HasSubstr("an open container here: unable to apply caps"));
}

TEST(JudgeAccess, AContainerInTheHostsNamespacesThatThisMachineRefusesIsSkipped) {
  const char* words = "cannot share the host PID namespace when user namespaces are enabled";
  const AccessRow row = did_not_start(in_host_namespaces(), words);
  EXPECT_EQ(row.verdict, AccessVerdict::skipped);
  EXPECT_THAT(row.reason, HasSubstr("in the host's namespaces here: cannot share the host PID namespace"));
}

TEST(JudgeAccess, AnyOtherReasonNotToStartIsAFailure) {
  const char* words = "nvidia-container-cli: device error: 0: unknown device";
  for (const Expected& expected : {open_one(), in_host_namespaces()}) {
    const AccessRow row = did_not_start(expected, words);
    EXPECT_EQ(row.verdict, AccessVerdict::fail);
    EXPECT_FALSE(row.as_expected);
    EXPECT_EQ(row.reason, std::string("did not start: ") + words);
  }
  // Where nothing stands between it and a plain container, even a lack of privilege is a fault.
  EXPECT_EQ(did_not_start(only_a(), "apply caps: operation not permitted").verdict, AccessVerdict::fail);
}

TEST(JudgeAccess, ARefusalPassesOnlyWhereItMust) {
  Expected refused;
  refused.start = Start::refused;
  AccessRow row;
  judge_access(row, refused, {std::nullopt, "unknown device", false, ""}, two_gpus());
  EXPECT_EQ(row.verdict, AccessVerdict::pass);
  EXPECT_EQ(row.reason, "refused: unknown device");
  EXPECT_FALSE(judge(refused, given_a()).as_expected);
  judge_access(row, only_a(), {std::nullopt, "unknown device", false, ""}, two_gpus());
  EXPECT_EQ(row.verdict, AccessVerdict::fail);
  judge_access(row, refused, {std::nullopt, "", true, ""}, two_gpus());
  EXPECT_EQ(row.verdict, AccessVerdict::fail);
}

TEST(JudgeSurvival, SaysWhenAndWhatWasLost) {
  const std::vector<std::string> lines = {
      R"({"event":"start","at":10.0,"lost":false,"opens":{"/dev/nvidia0":"ok","/dev/x":"EPERM"}})",
      R"({"event":"change","at":12.5,"lost":true,"opens":{"/dev/nvidia0":"EPERM"}})"};
  const SurvivalRow lost = judge_survival("reload", lines, 1, 12.0);
  EXPECT_FALSE(lost.survived);
  EXPECT_DOUBLE_EQ(lost.lost_after_seconds.value_or(0), 0.5);
  EXPECT_EQ(lost.lost, "/dev/nvidia0 EPERM");
  EXPECT_TRUE(judge_survival("update", {lines[0]}, 1, 12.0).survived);
}

TEST(JudgeSurvival, AProbeStartedAgainThatCantOpenHasLost) {
  const std::vector<std::string> lines = {R"({"event":"start","at":1,"opens":{"/dev/nvidia0":"ok"}})",
                                          R"({"event":"end","at":2,"opens":{"/dev/nvidia0":"ok"}})",
                                          R"({"event":"start","at":3,"opens":{"/dev/nvidia0":"ENOENT"}})"};
  EXPECT_EQ(judge_survival("restart", lines, 1, 1.5).lost, "/dev/nvidia0 ENOENT");
}

}  // namespace
}  // namespace cuparity
