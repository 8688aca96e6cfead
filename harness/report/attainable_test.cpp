#include "harness/report/attainable.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "harness/errors.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;

Row measured(const std::string& benchmark, double seconds, std::optional<double> bytes_per_second = {},
             std::optional<double> flops_per_second = {}) {
  Row row;
  row.benchmark = benchmark;
  row.seconds = seconds;
  row.bytes_per_second = bytes_per_second;
  row.flops_per_second = flops_per_second;
  return row;
}

std::optional<Attained> on(const std::string& gpu, const Row& row) { return attained(builtin_attainable(), gpu, row); }

constexpr const char* small_file = R"(
- gpu: [One, Two]
  kind: measured
  source: a run
  figures:
    copy/small: 50 GB/s
    copy/.*: 100 GB/s
- gpu: [One]
  kind: vendor
  source: a sheet
  figures:
    (copy|matrix)/.*: 2 TFLOP/s
    latency: 4 us
)";

TEST(Attainable, TheFirstFigureThatMatchesCounts) {
  const auto figures = parse_attainable(small_file, "f");
  const auto small = attained(figures, "One", measured("copy/small/manual_time", 1, 25e9));
  ASSERT_TRUE(small);
  EXPECT_DOUBLE_EQ(small->fraction, 0.5);
  EXPECT_DOUBLE_EQ(small->figure, 50e9);
  EXPECT_EQ(small->unit, AttainableUnit::bytes_per_second);
  EXPECT_EQ(small->kind, AttainableKind::measured);
  EXPECT_EQ(small->source, "a run");
  EXPECT_DOUBLE_EQ(attained(figures, "Two", measured("copy/large", 1, 110e9))->fraction, 1.1);
  const auto matrix = attained(figures, "One", measured("matrix/8", 1, 1.0, 1e12));
  ASSERT_TRUE(matrix);
  EXPECT_DOUBLE_EQ(matrix->fraction, 0.5);
  EXPECT_EQ(matrix->kind, AttainableKind::vendor);
}

TEST(Attainable, ATimeIsBetterWhereItIsShorter) {
  const auto figures = parse_attainable(small_file, "f");
  EXPECT_DOUBLE_EQ(attained(figures, "One", measured("latency", 8e-6))->fraction, 0.5);
  EXPECT_DOUBLE_EQ(attained(figures, "One", measured("latency", 2e-6))->fraction, 2);
}

TEST(Attainable, NothingIsSaidOfWhatIsNotKnown) {
  const auto figures = parse_attainable(small_file, "f");
  EXPECT_FALSE(attained(figures, "Two", measured("latency", 1e-6)));          // another GPU's figure
  EXPECT_FALSE(attained(figures, "One MIG 1g.5gb", measured("latency", 1)));  // a slice is not the GPU
  EXPECT_FALSE(attained(figures, "One", measured("a/copy/x", 1, 1e9)));       // the whole name has to match
  EXPECT_FALSE(attained(figures, "One", measured("copy/large", 1)));          // no rate
  EXPECT_FALSE(attained(figures, "One", measured("copy/large", 1, NAN)));
  EXPECT_FALSE(attained(figures, "One", measured("latency", 0)));
  Row failed = measured("latency", 1e-6);
  failed.state = RowState::failed;
  EXPECT_FALSE(attained(figures, "One", failed));
}

TEST(Attainable, TheBuiltInFileKnowsTheModelsAndWhereTheirFiguresComeFrom) {
  const auto triad = on("NVIDIA H200", measured("bandwidth/triad/fp32/1GiB/manual_time", 1, 4.4034e12));
  ASSERT_TRUE(triad);
  EXPECT_NEAR(triad->fraction, 1.0, 1e-3);
  EXPECT_EQ(triad->kind, AttainableKind::measured);
  EXPECT_THAT(triad->source, HasSubstr("2026-11-23"));
  EXPECT_NEAR(on("NVIDIA H200", measured("launch/submit/manual_time", 7.28e-6))->fraction, 0.5, 1e-3);
  // No run has measured this size: the data sheet's peak.
  const auto other_size = on("NVIDIA H200", measured("gemm/own/bf16/2048", 1, {}, 500e12));
  ASSERT_TRUE(other_size);
  EXPECT_EQ(other_size->kind, AttainableKind::vendor);
  for (const char* gpu : {"NVIDIA H100 80GB HBM3", "NVIDIA H100 PCIe", "NVIDIA A100-SXM4-40GB", "NVIDIA A100 80GB PCIe",
                          "NVIDIA L4", "NVIDIA L40S", "NVIDIA B200", "NVIDIA GeForce RTX 4090",
                          "NVIDIA GeForce RTX 5090"}) {
    const auto copy = on(gpu, measured("bandwidth/copy/fp32/4GiB", 1, 100e9));
    ASSERT_TRUE(copy) << gpu;
    EXPECT_EQ(copy->kind, AttainableKind::vendor) << gpu;
    EXPECT_LT(copy->fraction, 1) << gpu;
    EXPECT_TRUE(on(gpu, measured("gemm/cublaslt/fp16/8192", 1, {}, 1e12))) << gpu;
    EXPECT_TRUE(on(gpu, measured("saxpy/own/fp32/268435456", 1, 1e9))) << gpu;
  }
  EXPECT_FALSE(on("Tesla K80", measured("bandwidth/copy/fp32/4GiB", 1, 100e9)));
}

TEST(Attainable, ErrorsNameTheLineAndWhatIsExpected) {
  const struct {
    std::string yaml;
    std::string message;
  } faults[] = {
      {"a: b", "f:1: expected a list"},
      {"- gpu: [A]\n  kind: guess\n  source: s\n  figures: {x: 1 us}", "f:2: kind 'guess': expected measured or vendor"},
      {"- gpu: A\n  kind: vendor\n  source: s\n  figures: {x: 1 us}", "'gpu' must be a list"},
      {"- gpu: [A]\n  kind: vendor\n  figures: {x: 1 us}", "'source' must be text"},
      {"- gpu: [A]\n  kind: vendor\n  source: s", "'figures' must map"},
      {"- gpu: [A]\n  kind: vendor\n  source: s\n  figures: {x: 1 MB/s}", "f:4: '1 MB/s': expected a number above 0"},
      {"- gpu: [A]\n  kind: vendor\n  source: s\n  figures: {x: -1 us}", "'-1 us': expected a number above 0"},
      {"- gpu: [A]\n  kind: vendor\n  source: s\n  figures: {'(': 1 us}", "'(': not a regular expression"},
      {"- gpu: [A]\n  kindly: vendor", "f:2: unknown key 'kindly'"},
      {"- [", "not YAML"},
  };
  for (const auto& fault : faults) {
    try {
      parse_attainable(fault.yaml, "f");
      ADD_FAILURE() << fault.yaml;
    } catch (const UsageError& error) {
      EXPECT_THAT(error.what(), HasSubstr(fault.message));
    }
  }
}

}  // namespace
}  // namespace cuparity
