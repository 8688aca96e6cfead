#include "harness/record/result_file.hpp"

#include <gmock/gmock.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "environment/temporary_folder.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::ThrowsMessage;

class ResultFile : public ::testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  BenchmarkFile read(const std::string& name, const std::string& text) {
    return std::get<BenchmarkFile>(load_result(write(name, text)));
  }

  const TemporaryFolder temporary_;
  const std::filesystem::path& folder_ = temporary_.path();
};

TEST_F(ResultFile, ReadsHyperfine) {
  const BenchmarkFile file = read("h.json", R"({"results": [
      {"command": "sleep 1", "mean": 1.2, "stddev": 0.1, "median": 1.2, "user": 0, "system": 0, "min": 1.1,
       "max": 1.3, "times": [1.1, 1.2, 1.3], "exit_codes": [0, 0, 0]},
      {"command": "sleep 1", "mean": 2, "times": [2.0], "exit_codes": [0]},
      {"command": "false", "mean": 0.1, "times": [0.1, 0.1], "exit_codes": [0, 1]},
      {"command": "kill", "mean": 0.1, "times": [0.1], "exit_codes": [null]},
      {"command": "stripped", "mean": 3, "median": 2.5}]})");
  EXPECT_EQ(file.program, "hyperfine");
  EXPECT_FALSE(file.one_process);
  ASSERT_EQ(file.rows.size(), 5U);
  EXPECT_EQ(file.rows[0].benchmark, "sleep 1");
  EXPECT_THAT(file.rows[0].repetitions, ElementsAre(1.1, 1.2, 1.3));
  EXPECT_EQ(file.rows[0].seconds, 1.2);
  EXPECT_EQ(file.rows[1].benchmark, "sleep 1 (2)");
  EXPECT_EQ(file.rows[2].state, RowState::failed);
  EXPECT_EQ(file.rows[2].message, "run 2 ended with 1");
  EXPECT_EQ(file.rows[3].message, "run 1 was ended by a signal");
  EXPECT_THAT(file.rows[4].repetitions, IsEmpty());
  EXPECT_EQ(file.rows[4].seconds, 2.5);
  EXPECT_FALSE(file.aggregates_only);
}

TEST_F(ResultFile, ChecksTheUnitsOfHyperfine) {
  EXPECT_THAT(
      [&] { read("h.json", R"({"results": [{"command": "a", "mean": 0.0012, "times": [1.1, 1.3]}]})"); },
      ThrowsMessage<UsageError>(AllOf(HasSubstr("h.json: results[0].mean: says 0.0012 s"),
                                      HasSubstr("another unit"))));
}

TEST_F(ResultFile, ReadsPytestBenchmark) {
  const BenchmarkFile file = read("p.json", R"({"machine_info": {"node": "host", "release": "6.1",
      "python_version": "3.11.2", "cpu": {"brand_raw": "Some CPU", "count": 8, "flags": []}},
      "commit_info": {}, "datetime": "2026-01-01T00:00:00", "version": "4.0.0", "benchmarks": [
      {"name": "test_a", "fullname": "tests/test_x.py::test_a", "params": null, "options": {"timer": "perf_counter"},
       "stats": {"min": 1e-6, "max": 3e-6, "mean": 2e-6, "median": 2e-6, "rounds": 3, "iterations": 1,
                 "data": [1e-6, 2e-6, 3e-6]}},
      {"name": "test_b", "fullname": "tests/test_x.py::test_b", "stats": {"mean": 5e-6, "median": 4e-6}}]})");
  EXPECT_EQ(file.program, "pytest-benchmark");
  EXPECT_TRUE(file.one_process);
  EXPECT_THAT(file.context, AllOf(Contains(Pair("cpu_model", "Some CPU")), Contains(Pair("num_cpus", "8")),
                                  Contains(Pair("host_name", "host"))));
  ASSERT_EQ(file.rows.size(), 2U);
  EXPECT_EQ(file.rows[0].benchmark, "tests/test_x.py::test_a");
  EXPECT_THAT(file.rows[0].repetitions, ElementsAre(1e-6, 2e-6, 3e-6));
  EXPECT_EQ(file.rows[1].seconds, 4e-6);
  EXPECT_THAT(file.rows[1].repetitions, IsEmpty());
  EXPECT_THAT([&] { read("p.json", R"({"machine_info": {}, "benchmarks": [{"fullname": "a"}]})"); },
              ThrowsMessage<UsageError>(HasSubstr("benchmarks[0].stats: is missing")));
}

nlohmann::json summary(const std::string& tag, const std::string& hint, const std::string& name,
                       const nlohmann::json& value) {
  return {{"tag", tag}, {"hint", hint}, {"data", {{{"name", name}, {"type", "float64"}, {"value", value}}}}};
}

nlohmann::json nvbench_state(const std::string& name, int device, const std::string& seconds) {
  return {{"name", name},
          {"device", device},
          {"is_skipped", false},
          {"summaries",
           {summary("nv/cold/sample_size", "sample_size", "value", "3"),
            summary("nv/cold/time/gpu/mean", "duration", "value", seconds)}}};
}

nlohmann::json nvbench_file(const nlohmann::json& states) {
  return {{"meta", {{"version", {{"nvbench", {{"string", "0.1.0"}}}}}}},
          {"devices",
           {{{"id", 0}, {"name", "Quadro GV100"}, {"sm_version", 700}, {"sm_default_clock_rate", 1627000000}},
            {{"id", 1}, {"name", "Quadro GP100"}, {"sm_version", 600}}}},
          {"benchmarks", {{{"name", "copy"}, {"states", states}}}}};
}

std::string little_endian_floats(const std::vector<float>& values) {
  std::string bytes;
  for (const float value : values) {
    std::uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    for (int byte = 0; byte < 4; ++byte) bytes += static_cast<char>((bits >> (8 * byte)) & 0xff);
  }
  return bytes;
}

TEST_F(ResultFile, ReadsNvbenchMeans) {
  nlohmann::json skipped = nvbench_state("Device=0 T=F64", 0, "1");
  skipped["is_skipped"] = true;
  skipped["skip_reason"] = "not a conversion";
  nlohmann::json unknown = nvbench_state("Device=0 T=I8", 0, "1");
  unknown["summaries"] = nullptr;
  const BenchmarkFile file =
      read("n.json", nvbench_file({nvbench_state("Device=0 T=F32 Size=2^6", 0, "0.002"), skipped, unknown}).dump());
  EXPECT_EQ(file.program, "nvbench");
  EXPECT_TRUE(file.aggregates_only);
  EXPECT_THAT(file.context, AllOf(Contains(Pair("gpu_name", "Quadro GV100")),
                                  Contains(Pair("compute_capability", "7.0")),
                                  Contains(Pair("gpu_default_clock_hz", "1627000000"))));
  EXPECT_EQ(file.rows[0].benchmark, "copy/T=F32/Size=2^6");
  EXPECT_EQ(file.rows[0].seconds, 0.002);
  EXPECT_EQ(file.rows[1].state, RowState::skipped);
  EXPECT_EQ(file.rows[1].message, "not a conversion");
  EXPECT_EQ(file.rows[2].message, "the state has no nv/cold/time/gpu/mean");
}

TEST_F(ResultFile, ReadsNvbenchSamples) {
  nlohmann::json state = nvbench_state("Device=0", 0, "0.002");
  nlohmann::json samples = summary("nv/json/bin:nv/cold/sample_times", "file/sample_times", "filename",
                                   "n.json-bin/0.bin");
  samples["data"].push_back({{"name", "size"}, {"type", "int64"}, {"value", "3"}});
  state["summaries"].push_back(samples);
  const std::string text = nvbench_file(nlohmann::json::array({state})).dump();
  EXPECT_THAT([&] { read("n.json", text); }, ThrowsMessage<UsageError>(HasSubstr("0.bin is not there")));
  std::filesystem::create_directories(folder_ / "n.json-bin" / "0.bin");
  EXPECT_THAT([&] { read("n.json", text); }, ThrowsMessage<UsageError>(HasSubstr("0.bin is no file")));
  std::filesystem::remove(folder_ / "n.json-bin" / "0.bin");
  samples["data"][0]["value"] = "/dev/zero";
  state["summaries"].back() = samples;
  EXPECT_THAT([&] { read("n.json", nvbench_file(nlohmann::json::array({state})).dump()); },
              ThrowsMessage<UsageError>(HasSubstr("/dev/zero is no file")));
  write("n.json-bin/0.bin", little_endian_floats({0.001F, 0.002F, 0.003F}));
  const BenchmarkFile file = read("n.json", text);
  ASSERT_EQ(file.rows[0].repetitions.size(), 3U);
  EXPECT_NEAR(file.rows[0].repetitions[2], 0.003, 1e-9);
  EXPECT_NEAR(file.rows[0].seconds, 0.002, 1e-9);
  write("n.json-bin/0.bin", little_endian_floats({0.001F, 0.002F}));
  EXPECT_THAT([&] { read("n.json", text); },
              ThrowsMessage<UsageError>(HasSubstr("should hold 3 values of 4 bytes, but has 8 bytes")));
  write("n.json-bin/0.bin", little_endian_floats({1, 2, 3}));  // milliseconds
  EXPECT_THAT([&] { read("n.json", text); }, ThrowsMessage<UsageError>(HasSubstr("another unit")));
}

TEST_F(ResultFile, TellsDevicesOfNvbenchApart) {
  const nlohmann::json states = {nvbench_state("Device=0 A=1", 0, "1"), nvbench_state("Device=1 A=1", 1, "2")};
  const BenchmarkFile file = read("n.json", nvbench_file(states).dump());
  EXPECT_EQ(file.rows[0].benchmark, "copy/A=1 on device 0 Quadro GV100");
  EXPECT_EQ(file.rows[1].benchmark, "copy/A=1 on device 1 Quadro GP100");
  EXPECT_EQ(file.context.count("gpu_name"), 0U);
}

TEST_F(ResultFile, RefusesABenchmarkThatStandsInItTwice) {
  const auto refused = [](const char* words) { return ThrowsMessage<UsageError>(HasSubstr(words)); };
  EXPECT_THAT([&] { read("p.json", R"({"machine_info": {}, "benchmarks": [
      {"fullname": "t::a", "stats": {"data": [1.0]}}, {"fullname": "t::a", "stats": {"data": [1.5]}}]})"); },
              refused("p.json: holds 't::a' twice"));
  const nlohmann::json states = {nvbench_state("Device=0 A=1", 0, "1"), nvbench_state("Device=0 A=1", 0, "2")};
  EXPECT_THAT([&] { read("n.json", nvbench_file(states).dump()); }, refused("n.json: holds 'copy/A=1' twice"));
  EXPECT_THAT([&] { read("g.json", R"({"benchmarks": [{"name": "x", "repetition_index": 0, "real_time": 1},
      {"name": "x", "repetition_index": 1, "real_time": 1}, {"name": "x", "repetition_index": 0, "real_time": 2}]})"); },
              refused("g.json: benchmarks[2].repetition_index: 'x' has repetition 0 twice"));
}

TEST_F(ResultFile, ChecksTheUnitOfNvbench) {
  nlohmann::json state = nvbench_state("Device=0", 0, "2");
  state["summaries"][1]["hint"] = "percentage";
  EXPECT_THAT([&] { read("n.json", nvbench_file(nlohmann::json::array({state})).dump()); },
              ThrowsMessage<UsageError>(HasSubstr("expected a duration in seconds, found the unit \"percentage\"")));
}

std::string google_benchmark(double seconds, const std::string& host) {
  const nlohmann::json json = {
      {"context", {{"host_name", host}, {"num_cpus", 2}}},
      {"benchmarks",
       {{{"name", "x"}, {"run_type", "iteration"}, {"real_time", seconds}, {"time_unit", "s"}},
        {{"name", "x"}, {"run_type", "iteration"}, {"real_time", 3 * seconds}, {"time_unit", "s"}}}}};
  return json.dump();
}

TEST_F(ResultFile, AFolderHoldsOneProcessAFile) {
  write("side/2.json", google_benchmark(20, "b"));
  write("side/1.json", google_benchmark(10, "a"));
  const BenchmarkFile file = std::get<BenchmarkFile>(load_result(folder_ / "side"));
  EXPECT_FALSE(file.one_process);
  ASSERT_EQ(file.rows.size(), 1U);
  EXPECT_THAT(file.rows[0].repetitions, ElementsAre(20, 40));  // medians, in the order of the names
  EXPECT_THAT(file.context, ElementsAre(Pair("num_cpus", "2")));
}

TEST_F(ResultFile, AFolderOfOtherThingsIsRefused) {
  std::filesystem::create_directories(folder_ / "empty");
  EXPECT_THAT([&] { load_result(folder_ / "empty"); },
              ThrowsMessage<UsageError>(HasSubstr("holds neither a run")));
  write("mixed/1.json", google_benchmark(10, "a"));
  write("mixed/2.json", R"({"results": [{"command": "a", "times": [1]}]})");
  EXPECT_THAT([&] { load_result(folder_ / "mixed"); },
              ThrowsMessage<UsageError>(HasSubstr("one folder holds one side's files of one program")));
}

TEST_F(ResultFile, SaysWhatAForeignFileIs) {
  EXPECT_THAT([&] { load_result(write("x.json", R"({"testsuites": []})")); },
              ThrowsMessage<UsageError>(HasSubstr("GoogleTest's result")));
  EXPECT_THAT([&] { load_result(write("x.json", "[1]")); }, ThrowsMessage<UsageError>(HasSubstr("a JSON array")));
  EXPECT_THAT([&] { load_result(write("x.json", R"({"benchmarks": []})")); },
              ThrowsMessage<UsageError>(HasSubstr("holds no benchmark")));
}

}  // namespace
}  // namespace cuparity
