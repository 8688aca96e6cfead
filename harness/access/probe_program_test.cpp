// cuparity-probe itself, run on this machine: what it prints, and what it does with a driver that hangs or crashes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <map>
#include <thread>

#include "environment/fake_root.hpp"
#include "environment/text_file.hpp"
#include "harness/engine/process.hpp"
#include "harness/record/schema_violations.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

ProcessResult run(std::vector<std::string> words, const std::string& program = CUPARITY_PROBE_PROGRAM,
                  const std::map<std::string, std::string>& variables = {}) {
  ChildProcess child;
  child.environment = variables;
  child.command = std::move(words);
  child.command.insert(child.command.begin(), program);
  child.time_limit = std::chrono::seconds(60);
  child.output_tail_bytes = 1 << 20;
  return run_process(child);
}

json seen(const ProcessResult& result) { return json::parse(result.standard_error, nullptr, false); }

TEST(ProbeProgram, PrintsOneLineThatFollowsItsSchema) {
  const ProcessResult result = run({"--gpu", "GPU-a,00000000:01:00.0,0", "--device", "1:3", "--path", "/dev/null"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.standard_error.find('\n'), result.standard_error.size() - 1);
  json probe = seen(result);
  ASSERT_TRUE(probe.is_object()) << result.standard_error;
  EXPECT_EQ(schema_violations("access-probe.schema.json", probe), "");
  EXPECT_EQ(probe["nodes"].back()["path"], "/dev/null");
  EXPECT_EQ(probe["nodes"].back()["opens"], "ok");
  EXPECT_EQ(probe["nodes"].back()["major"], 1);
  for (const char* pointer : {"/nodes/0/opens", "/nvml/outcome", "/confinement/device_cgroup/version", "/user",
                              "/driver_libraries/0/origin"}) {
    json broken = probe;
    broken[json::json_pointer(pointer)] = json::object();
    EXPECT_NE(schema_violations("access-probe.schema.json", broken), "") << pointer;
  }
}

TEST(ProbeProgram, AsksCudaForAGpuInBothSpellingsOfItsPciAddress) {
  const ProcessResult result = run({"--gpu", "GPU-a,00000000:02:00.0,1", "--gpu", "GPU-b,00000000:03:00.0,2"},
                                   CUPARITY_PROBE_PROGRAM, {{"LD_LIBRARY_PATH", CUPARITY_FAKE_CUDA_FOLDER}});
  const json cuda = seen(result)["cuda"];
  ASSERT_EQ(cuda["outcome"], "ok") << result.standard_error;
  EXPECT_EQ(cuda["driver_version"], 13000);
  ASSERT_EQ(cuda["gpus"].size(), 2U);
  EXPECT_EQ(cuda["gpus"][0]["uuid"], "GPU-11111111-1111-1111-1111-111111111111");
  EXPECT_EQ(cuda["gpus"][1]["pci_bus_id"], "0000:02:00.0");
  EXPECT_EQ(cuda["beyond_last_ordinal"], 101);
  EXPECT_EQ(cuda["asked"]["00000000:02:00.0"], 0);
  EXPECT_EQ(cuda["asked"]["00000000:03:00.0"], 101);
}

TEST(ProbeProgram, IsStatic) {
  const std::string program = environment::read_text_file(CUPARITY_PROBE_PROGRAM).value_or("");
  ASSERT_GT(program.size(), 1000u);
  EXPECT_EQ(program.find("/lib64/ld-linux-x86-64.so.2\0"), std::string::npos);
}

TEST(ProbeProgram, RefusesWhatItDoesNotKnow) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"--nonsense", "1"}, {"--gpu", "GPU-a"}, {"--device", "no"}, {"--interval", "-1"}, {"--time-limit"}}) {
    const ProcessResult result = run(words);
    EXPECT_EQ(result.exit_code, 2) << words.front();
    EXPECT_THAT(result.standard_error, HasSubstr("cuparity-probe: ")) << words.front();
  }
  EXPECT_EQ(run({"--help"}).exit_code, 0);
  EXPECT_EQ(run({"--out", "/no/such/folder/file"}).exit_code, 4);
}

/// The probe in a folder of its own, with a driver program that the test writes.
class ProbeWithDriver : public testing::Test {
 protected:
  void SetUp() override {
    fs::copy_file(CUPARITY_PROBE_PROGRAM, folder_.path() / "cuparity-probe");
  }
  json with_driver(const std::string& script) {
    folder_.write("cuparity-probe-driver", "#!/bin/sh\n" + script + "\n");
    fs::permissions(folder_.path() / "cuparity-probe-driver", fs::perms::all);
    return seen(run({"--time-limit", "300"}, (folder_.path() / "cuparity-probe").string()));
  }
  environment::FakeRoot folder_;
};

TEST_F(ProbeWithDriver, ADriverThatHangsIsEnded) {
  const json probe = with_driver("sleep 600");
  EXPECT_EQ(probe["nvml"]["outcome"], "hung");
  EXPECT_EQ(probe["cuda"]["outcome"], "hung");
  EXPECT_THAT(probe["cuda"]["failure"].get<std::string>(), HasSubstr("300 ms"));
}

TEST_F(ProbeWithDriver, ADriverThatCrashesIsSaidSo) {
  EXPECT_EQ(with_driver("kill -SEGV $$")["nvml"]["outcome"], "crashed");
  const json ended = with_driver("echo some words; exit 3");
  EXPECT_EQ(ended["nvml"]["outcome"], "failed");
  EXPECT_THAT(ended["nvml"]["failure"].get<std::string>(), HasSubstr("exit code 3: some words"));
}

TEST_F(ProbeWithDriver, TheLastJsonLineIsTheAnswer) {
  const json probe = with_driver(R"(echo noise; echo '{"outcome": "ok", "library": "/x", "gpus": [{"uuid": "GPU-a"}]}')");
  EXPECT_EQ(probe["nvml"]["gpus"][0]["uuid"], "GPU-a");
}

TEST(ProbeWatch, ReportsTheMomentThatANodeIsLostAndFoundAgain) {
  const environment::FakeRoot folder;
  const fs::path node = folder.path() / "node";
  const fs::path out = folder.path() / "watch.jsonl";
  fs::create_symlink("/dev/null", node);
  std::thread disturber([&] {
    // Only once the watch has begun.
    for (int i = 0; i < 500 && environment::read_text_file(out).value_or("").empty(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    fs::remove(node);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    fs::create_symlink("/dev/null", node);
  });
  const ProcessResult result = run({"--watch", "--path", node.string(), "--out", out.string(), "--interval", "20",
                                    "--watch-for", "2000"});
  disturber.join();
  EXPECT_EQ(result.exit_code, 0) << result.standard_error;
  std::vector<json> lines;
  for (const std::string& line : environment::split(environment::read_text_file(out).value_or(""), '\n'))
    lines.push_back(json::parse(line));
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0]["event"], "start");
  EXPECT_EQ(lines[0]["opens"][node.string()], "ok");
  EXPECT_EQ(lines[1]["opens"][node.string()], "ENOENT");
  EXPECT_EQ(lines[1]["lost"], true);
  EXPECT_EQ(lines[2]["opens"][node.string()], "ok");
  EXPECT_EQ(lines[2]["lost"], false);
  EXPECT_EQ(lines[3]["event"], "end");
  EXPECT_LT(lines[1]["at"].get<double>(), lines[2]["at"].get<double>());
}

}  // namespace
}  // namespace cuparity
