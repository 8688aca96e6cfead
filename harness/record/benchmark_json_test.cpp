#include "harness/record/benchmark_json.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "harness/errors.hpp"
#include "harness/record/json_fields.hpp"

namespace cuparity {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

BenchmarkFile parse(const std::string& text) {
  return parse_benchmark_json(parse_json_text(text, "test.json"));
}

std::string error_of(const std::string& text) {
  try {
    parse(text);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

TEST(BenchmarkJson, GathersRepetitionsByRunNameInFileOrder) {
  const BenchmarkFile file = parse(R"({
    "context": {"date": "2026-01-01", "num_cpus": 4, "cpu_scaling_enabled": false, "load_avg": [1, 2],
                "backend": "cuda", "gpu_uuid": "GPU-1"},
    "benchmarks": [
      {"name": "b/manual_time", "run_name": "b/manual_time", "run_type": "iteration", "repetition_index": 0,
       "real_time": 3, "time_unit": "us", "bytes_per_second": 10.0, "flops_per_second": 5,
       "sm_clock_hz": 2e9},
      {"name": "a", "run_name": "a", "run_type": "iteration", "repetition_index": 0, "real_time": 7,
       "time_unit": "ns"},
      {"name": "b/manual_time", "run_name": "b/manual_time", "run_type": "iteration", "repetition_index": 2,
       "real_time": 5, "time_unit": "us", "bytes_per_second": 30.0},
      {"name": "b/manual_time", "run_name": "b/manual_time", "run_type": "iteration", "repetition_index": 1,
       "real_time": 4, "time_unit": "us", "bytes_per_second": 20.0},
      {"name": "b/manual_time_mean", "run_name": "b/manual_time", "run_type": "aggregate",
       "aggregate_name": "mean",
       "real_time": 4, "time_unit": "us"}
    ]})");
  ASSERT_EQ(file.rows.size(), 2U);
  EXPECT_EQ(file.rows[0].benchmark, "b/manual_time");
  EXPECT_THAT(file.rows[0].repetitions, ElementsAre(DoubleEq(3e-6), DoubleEq(4e-6), DoubleEq(5e-6)));
  EXPECT_DOUBLE_EQ(file.rows[0].seconds, 4e-6);
  EXPECT_DOUBLE_EQ(file.rows[0].bytes_per_second.value(), 20);
  EXPECT_DOUBLE_EQ(file.rows[0].flops_per_second.value(), 5);
  EXPECT_DOUBLE_EQ(file.rows[0].cycles.value(), 6000) << "3 us at 2 GHz";
  EXPECT_EQ(file.rows[1].benchmark, "a");
  EXPECT_FALSE(file.rows[1].bytes_per_second.has_value());
  EXPECT_FALSE(file.aggregates_only);
  EXPECT_THAT(file.context, ::testing::UnorderedElementsAre(
                                Pair("date", "2026-01-01"), Pair("num_cpus", "4"), Pair("backend", "cuda"),
                                Pair("cpu_scaling_enabled", "false"), Pair("gpu_uuid", "GPU-1")));
}

TEST(BenchmarkJson, ConvertsEveryTimeUnit) {
  const BenchmarkFile file = parse(R"({"benchmarks": [
    {"name": "ns", "real_time": 2, "time_unit": "ns"}, {"name": "us", "real_time": 2, "time_unit": "us"},
    {"name": "ms", "real_time": 2, "time_unit": "ms"}, {"name": "s", "real_time": 2, "time_unit": "s"},
    {"name": "none", "real_time": 2}]})");
  EXPECT_DOUBLE_EQ(file.rows[0].seconds, 2e-9);
  EXPECT_DOUBLE_EQ(file.rows[1].seconds, 2e-6);
  EXPECT_DOUBLE_EQ(file.rows[2].seconds, 2e-3);
  EXPECT_DOUBLE_EQ(file.rows[3].seconds, 2);
  EXPECT_DOUBLE_EQ(file.rows[4].seconds, 2e-9);
}

TEST(BenchmarkJson, TreatsARepeatedNameAsRepetitions) {
  const BenchmarkFile file = parse(R"({"benchmarks": [
    {"name": "x", "real_time": 3}, {"name": "y", "real_time": 1}, {"name": "x", "real_time": 5}]})");
  ASSERT_EQ(file.rows.size(), 2U);
  EXPECT_THAT(file.rows[0].repetitions, ElementsAre(DoubleEq(3e-9), DoubleEq(5e-9)));
}

TEST(BenchmarkJson, ReadsOurLabelAndKeepsAForeignOneWhole) {
  const BenchmarkFile file = parse(R"({"benchmarks": [
    {"name": "x", "real_time": 3, "label": "digest=00ff; error=0.12; algorithm=tile 128x64=best"},
    {"name": "x", "real_time": 3, "label": "digest=00fe; error=0.12"},
    {"name": "y", "real_time": 3, "label": "fast; a=1"}, {"name": "z", "real_time": 3, "label": ""}]})");
  EXPECT_THAT(file.rows[0].label, ElementsAre(Pair("algorithm", "tile 128x64=best"),
                                              Pair("digest", "00ff,00fe"), Pair("error", "0.12")));
  EXPECT_THAT(file.rows[1].label, ElementsAre(Pair("label", "fast; a=1")));
  EXPECT_TRUE(file.rows[2].label.empty());
}

TEST(BenchmarkJson, ReadsErrorsAndSkips) {
  const BenchmarkFile file = parse(R"({"benchmarks": [
    {"name": "wrong", "run_type": "iteration", "error_occurred": true,
       "error_message": "wrong result: 3 bounds off",
     "real_time": 0, "time_unit": "ns"},
    {"name": "old skip", "error_occurred": true, "error_message": "skipped: no fp8 on sm_80", "real_time": 0},
    {"name": "new skip", "skipped": true, "skip_message": "no cuDNN", "real_time": 0},
    {"name": "once", "real_time": 4}, {"name": "once", "error_occurred": true, "error_message": "died"}]})");
  EXPECT_EQ(file.rows[0].state, RowState::failed);
  EXPECT_EQ(file.rows[0].message, "wrong result: 3 bounds off");
  EXPECT_TRUE(file.rows[0].repetitions.empty());
  EXPECT_EQ(file.rows[1].state, RowState::skipped);
  EXPECT_EQ(file.rows[1].message, "no fp8 on sm_80");
  EXPECT_EQ(file.rows[2].state, RowState::skipped);
  EXPECT_EQ(file.rows[2].message, "no cuDNN");
  EXPECT_EQ(file.rows[3].state, RowState::failed);
  EXPECT_FALSE(file.aggregates_only);
}

TEST(BenchmarkJson, SaysWhenThereAreOnlyAggregates) {
  const BenchmarkFile file = parse(R"({"benchmarks": [
    {"name": "x_mean", "run_name": "x", "run_type": "aggregate", "aggregate_name": "mean", "real_time": 5},
    {"name": "x_median", "run_name": "x", "run_type": "aggregate", "aggregate_name": "median",
       "real_time": 4},
    {"name": "x_cv", "run_name": "x", "run_type": "aggregate", "aggregate_name": "cv",
       "aggregate_unit": "percentage",
     "real_time": 0.01}]})");
  ASSERT_EQ(file.rows.size(), 1U);
  EXPECT_TRUE(file.aggregates_only);
  EXPECT_EQ(file.rows[0].benchmark, "x");
  EXPECT_DOUBLE_EQ(file.rows[0].seconds, 4e-9);
  EXPECT_TRUE(file.rows[0].repetitions.empty());
}

TEST(BenchmarkJson, KnowsAggregatesFromBeforeRunType) {
  const BenchmarkFile file = parse(R"({"benchmarks": [
    {"name": "x_mean", "real_time": 5}, {"name": "x_median", "real_time": 4}, {"name": "x_stddev",
       "real_time": 1},
    {"name": "arithmetic_mean", "real_time": 9}]})");
  ASSERT_EQ(file.rows.size(), 2U);
  EXPECT_EQ(file.rows[0].benchmark, "x");
  EXPECT_EQ(file.rows[1].benchmark, "arithmetic_mean");
  EXPECT_EQ(file.rows[1].repetitions.size(), 1U);
}

TEST(BenchmarkJson, LeavesOutComplexityFits) {
  const BenchmarkFile file = parse(R"({"benchmarks": [
    {"name": "f_BigO", "run_name": "f", "run_type": "aggregate", "aggregate_name": "BigO",
       "real_coefficient": 4},
    {"name": "f_RMS", "run_name": "f", "run_type": "aggregate", "aggregate_name": "RMS", "rms": 0.1}]})");
  EXPECT_TRUE(file.rows.empty());
  EXPECT_FALSE(file.aggregates_only);
}

TEST(BenchmarkJson, KeepsNumbersThatAreNoTimes) {
  const BenchmarkFile file = parse(R"({"benchmarks": [
    {"name": "nan \" NaN", "real_time": NaN}, {"name": "inf", "real_time": Infinity,
       "bytes_per_second": -inf},
    {"name": "zero", "real_time": 0}, {"name": "negative", "real_time": -1}]})");
  EXPECT_EQ(file.rows[0].benchmark, "nan \" NaN");
  EXPECT_TRUE(std::isnan(file.rows[0].seconds));
  EXPECT_TRUE(std::isinf(file.rows[1].seconds));
  EXPECT_DOUBLE_EQ(file.rows[2].seconds, 0);
  EXPECT_DOUBLE_EQ(file.rows[3].seconds, -1e-9);
}

TEST(BenchmarkJson, SaysWhatAForeignFileIs) {
  EXPECT_THAT(error_of(R"({"results": []})"), HasSubstr("hyperfine"));
  EXPECT_THAT(error_of(R"({"format": "cuparity-calibration"})"), HasSubstr("but cuparity's calibration;"));
  EXPECT_THAT(error_of(R"({"machine_info": {}, "benchmarks": []})"), HasSubstr("pytest-benchmark"));
  EXPECT_THAT(error_of(R"({"meta": {}, "devices": [], "benchmarks": []})"), HasSubstr("nvbench"));
  EXPECT_THAT(error_of(R"({"testsuites": []})"), HasSubstr("GoogleTest"));
  EXPECT_THAT(error_of(R"({"format": "cuparity-run", "trials": []})"), HasSubstr("a run of cuparity"));
  EXPECT_THAT(error_of("[1]"), HasSubstr("a JSON array"));
}

TEST(BenchmarkJson, NamesTheFieldThatIsWrong) {
  EXPECT_THAT(error_of(R"({"benchmarks": {}})"), HasSubstr("benchmarks: expected an array, found object"));
  EXPECT_THAT(error_of(R"({"benchmarks": [3]})"),
              HasSubstr("benchmarks[0]: expected an object, found number (3)"));
  EXPECT_THAT(error_of(R"({"benchmarks": [{"real_time": 1}]})"), HasSubstr("benchmarks[0].name: is missing"));
  EXPECT_THAT(error_of(R"({"benchmarks": [{"name": "x"}]})"),
              HasSubstr("benchmarks[0].real_time: is missing"));
  EXPECT_THAT(error_of(R"({"benchmarks": [{"name": "x", "real_time": "fast"}]})"),
              HasSubstr("benchmarks[0].real_time: expected a number, found string (\"fast\")"));
  EXPECT_THAT(error_of(R"({"benchmarks": [{"name": "x", "real_time": 1, "time_unit": "h"}]})"),
              HasSubstr("benchmarks[0].time_unit: expected ns, us, ms or s, found \"h\""));
}

TEST(BenchmarkJson, SaysWhereRubbishBegins) {
  EXPECT_THAT(error_of(""), HasSubstr("test.json: the file is empty"));
  EXPECT_THAT(error_of("{\"benchmarks\": [\n  {\"name\": ]}"), HasSubstr("line 2, column 12"));
  EXPECT_THAT(error_of("{\"benchmarks\": ["), HasSubstr("not JSON"));
  EXPECT_THAT(error_of("\xff\xfe garbage"), HasSubstr("not JSON"));
}

TEST(BenchmarkJson, ANumberBeyondAllBoundsIsAnErrorOfTheFile) {
  EXPECT_THROW(parse_json_text("{\"benchmarks\": [{\"name\": \"x\", \"real_time\": 1e999}]}", "a.json"), UsageError);
}

TEST(BenchmarkJson, RefusesNestingThatNoResultHas) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  for (const std::size_t depth : {600, 200'000}) {
    EXPECT_THAT(error_of("{\"benchmarks\": [" + nested(depth) + "]}"),
                HasSubstr("test.json: line 1, column 527: nested more than 512 levels deep"));
    EXPECT_THAT(error_of("{\"benchmarks\": [{\"name\": " + nested(depth) + "}]}"), HasSubstr("more than 512"));
    EXPECT_THAT(error_of("{\"context\": " + nested(depth) + ", \"benchmarks\": []}"), HasSubstr("more than 512"));
  }
  EXPECT_THAT(error_of("{\"benchmarks\": [{\"name\": " + nested(500) + "}]}"),
              HasSubstr("benchmarks[0].name: expected a string, found array ([[["));
  const std::string brackets = "\"\\\"" + std::string(600, '[') + '"';
  EXPECT_EQ(parse_json_text(brackets, "test.json"), "\"" + std::string(600, '['));
}

TEST(BenchmarkJson, NamesThatNoPatternCanBeMatchedAgainstAreRefused) {
  const auto json = [](const std::string& name) {
    return R"({"benchmarks": [{"name": ")" + name + R"(", "run_type": "iteration", "real_time": 1, "time_unit": "ns"}]})";
  };
  const std::string digits(longest_benchmark_name - std::string("x/iterations:").size(), '1');
  EXPECT_EQ(short_name(parse(json("x/iterations:" + digits)).rows.at(0).benchmark), "x");
  EXPECT_THAT(error_of(json("x/iterations:1" + digits)),
              HasSubstr("benchmarks[0].run_name: a name of 4097 bytes; at most 4096 are read"));
}

TEST(BenchmarkJson, NamesTheFileThatCannotBeRead) {
  EXPECT_THROW(read_benchmark_json("/nonexistent/file.json"), UsageError);
  EXPECT_THROW(read_benchmark_json(std::filesystem::temp_directory_path()), UsageError);
}

TEST(ShortName, TakesGoogleBenchmarksSuffixesOff) {
  EXPECT_EQ(short_name("saxpy/own/fp32/268435456/manual_time"), "saxpy/own/fp32/268435456");
  EXPECT_EQ(short_name("startup/cuinit/iterations:1/repeats:3/manual_time"), "startup/cuinit");
  EXPECT_EQ(short_name("x/min_time:0.500/process_time/real_time/threads:1"), "x");
  EXPECT_EQ(short_name("x/min_time:1.5s/min_warmup_time:2.000"), "x");
  EXPECT_EQ(short_name("x/threads:4"), "x/threads:4");
  EXPECT_EQ(short_name(""), "");
}

}  // namespace
}  // namespace cuparity
