// Memory held by a process of its own and tried to be opened by another, with a stand-in for the driver.
#include "harness/access/memory_holder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "environment/fake_root.hpp"
#include "environment/text_file.hpp"
#include "harness/access/access_probe.hpp"
#include "harness/engine/process.hpp"
#include "harness/record/schema_violations.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using SteadyClock = std::chrono::steady_clock;

constexpr const char* uuid_0 = "GPU-11111111-1111-1111-1111-111111111111";
constexpr const char* uuid_1 = "GPU-22222222-2222-2222-2222-222222222222";

std::vector<HostGpu> two_gpus() {
  return {{0, uuid_0, "00000000:01:00.0", 0, {}}, {1, uuid_1, "00000000:02:00.0", 1, {}}};
}

fs::path probe_folder() { return fs::path(CUPARITY_PROBE_PROGRAM).parent_path(); }

/// The probe with `memory`, in a process that sees `gpus`; "busy", "hang" … as fake_cuda.cpp has them.
json open_inside(const ForeignMemory& memory, const std::string& gpus, const std::string& call = "") {
  ChildProcess child;
  child.command = probe_arguments({}, memory);
  child.command.insert(child.command.begin(), {CUPARITY_PROBE_PROGRAM, "--time-limit", "1000"});
  child.environment = {{"LD_LIBRARY_PATH", CUPARITY_FAKE_CUDA_FOLDER},
                       {"CUPARITY_FAKE_CUDA_GPUS", gpus},
                       {"CUPARITY_FAKE_CUDA_CALL", call}};
  child.output_tail_bytes = 1 << 20;
  const json probe = json::parse(run_process(child).standard_error, nullptr, false);
  EXPECT_EQ(schema_violations("access-probe.schema.json", probe), "");
  return probe;
}

/// The holder inherits the variables of this process.
class HeldMemory : public testing::Test {
 protected:
  void SetUp() override {
    setenv("LD_LIBRARY_PATH", CUPARITY_FAKE_CUDA_FOLDER, 1);
    setenv("CUDA_VISIBLE_DEVICES", "none of them", 1);
  }
  void TearDown() override {
    for (const char* name : {"LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "CUPARITY_FAKE_CUDA_CALL"}) unsetenv(name);
  }
};

TEST_F(HeldMemory, IsRefusedWhereItsGpuIsNotSeenAndOpensWhereItIs) {
  MemoryHolder holder(probe_folder(), two_gpus());
  const ForeignMemory memory = holder.memory_outside({uuid_0});
  ASSERT_EQ(memory.obstacle, "");
  ASSERT_THAT(memory.handles, SizeIs(1));
  EXPECT_THAT(memory.handles.at(uuid_1), SizeIs(128));

  const json given = open_inside(memory, "0")["ipc"];
  ASSERT_EQ(given["outcome"], "ok") << given;
  ASSERT_THAT(given["attempts"], SizeIs(1));
  EXPECT_EQ(given["attempts"][0], json({{"gpu", uuid_1}, {"ordinal", 0}, {"uuid", uuid_0}, {"code", 101},
                                        {"called", "cuIpcOpenMemHandle"}, {"name", "CUDA_ERROR_INVALID_DEVICE"}}));

  const json open = open_inside(memory, "01");
  ASSERT_THAT(open["ipc"]["attempts"], SizeIs(2));
  EXPECT_EQ(open["ipc"]["attempts"][1]["code"], 0);
  ASSERT_THAT(open["cuda"]["peers"], SizeIs(2));
  EXPECT_EQ(open["cuda"]["peers"][0], json({{"from", 0}, {"to", 1}, {"code", 0}, {"possible", true}}));

  EXPECT_EQ(open_inside(memory, "0", "open")["ipc"]["attempts"][0]["code"], 0);
}

TEST_F(HeldMemory, IsOfEveryGpuThatWasNotAskedFor) {
  MemoryHolder holder(probe_folder(), two_gpus());
  EXPECT_THAT(holder.memory_outside({}).handles, SizeIs(2));
  const ForeignMemory none = holder.memory_outside({uuid_0, uuid_1});
  EXPECT_THAT(none.handles, IsEmpty());
  EXPECT_EQ(none.obstacle, "every GPU of this host was asked for");
}

TEST_F(HeldMemory, NeedsASecondGpu) {
  MemoryHolder one(probe_folder(), {two_gpus()[0]});
  EXPECT_EQ(one.memory_outside({uuid_0}).obstacle, "this host has one GPU, so none that was not asked for");
  EXPECT_THAT(one.memory_outside({}).handles, SizeIs(1));  // an open container may reach it
  EXPECT_EQ(MemoryHolder(probe_folder(), {}).memory_outside({}).obstacle, "");
}

TEST_F(HeldMemory, ADriverThatHangsInsideIsEnded) {
  MemoryHolder holder(probe_folder(), two_gpus());
  const json probe = open_inside(holder.memory_outside({uuid_0}), "0", "hang");
  EXPECT_EQ(probe["cuda"]["outcome"], "ok");
  EXPECT_EQ(probe["ipc"]["outcome"], "hung");
}

TEST_F(HeldMemory, WhatFailsBeforeTheHandleIsTriedIsNamed) {
  MemoryHolder holder(probe_folder(), two_gpus());
  const json attempt = open_inside(holder.memory_outside({uuid_0}), "0", "busy")["ipc"]["attempts"][0];
  EXPECT_EQ(attempt["called"], "cuDevicePrimaryCtxRetain");
  EXPECT_EQ(attempt["code"], 46);
}

TEST_F(HeldMemory, AHostThatCanHoldNoneSaysWhy) {
  setenv("CUPARITY_FAKE_CUDA_CALL", "busy", 1);
  MemoryHolder busy(probe_folder(), two_gpus());
  EXPECT_EQ(busy.memory_outside({uuid_0}).obstacle,
            "the host holds no memory to open: GPU 1: cuDevicePrimaryCtxRetain says CUDA_ERROR_OTHER (46)");
  MemoryHolder elsewhere("/no/such/folder", two_gpus());
  EXPECT_THAT(elsewhere.memory_outside({}).obstacle, HasSubstr("starting /no/such/folder/cuparity-probe failed"));
}

TEST_F(HeldMemory, AHolderThatHangsIsEndedAndNotAskedAgain) {
  setenv("CUPARITY_FAKE_CUDA_CALL", "hold-hangs", 1);
  const auto begin = SteadyClock::now();
  MemoryHolder holder(probe_folder(), two_gpus(), std::chrono::milliseconds(700));
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(holder.memory_outside({uuid_0}).obstacle,
              "the host holds no memory to open: no handle within 700 ms; the process was ended");
  EXPECT_LT(SteadyClock::now() - begin, std::chrono::seconds(5));
}

/// A holder of which the test knows the process.
TEST_F(HeldMemory, EndsWithItsOwnerEvenWhereItWouldNot) {
  environment::FakeRoot folder;
  const fs::path pid = folder.path() / "pid";
  folder.write("cuparity-probe", "#!/bin/sh\necho $$ > " + pid.string() +
                                     "\necho '{\"held\": {\"00000000:02:00.0\": {\"handle\": \"aa\"}}}'\n"
                                     "trap '' TERM\nwhile :; do sleep 1; done\n");
  fs::permissions(folder.path() / "cuparity-probe", fs::perms::all);
  {
    MemoryHolder holder(folder.path(), two_gpus());
    EXPECT_EQ(holder.memory_outside({uuid_0}).handles.at(uuid_1), "aa");
    EXPECT_EQ(kill(std::stoi(environment::read_text_file(pid).value_or("0")), 0), 0);
  }
  EXPECT_NE(kill(std::stoi(environment::read_text_file(pid).value_or("0")), 0), 0);
}

}  // namespace
}  // namespace cuparity
