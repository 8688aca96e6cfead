#include "harness/stats/file_comparison.hpp"

#include <gmock/gmock.h>

#include "harness/errors.hpp"
#include "harness/stats/simulated_run.hpp"

namespace cuparity {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

/// Twenty repetitions each, a little scattered, of all benchmarks named.
BenchmarkFile repeated(const std::vector<std::string>& names, double factor, std::uint64_t seed, int n = 20) {
  SimulatedSamples random(seed);
  BenchmarkFile file;
  for (const std::string& name : names) {
    Row row;
    row.benchmark = name;
    for (int i = 0; i < n; ++i) row.repetitions.push_back(factor * std::exp(0.002 * random.normal()));
    row.seconds = factor;
    file.rows.push_back(row);
  }
  return file;
}

FileComparison compare(const BenchmarkFile& a, const BenchmarkFile& b, Pairing pairing = Pairing::none) {
  return compare_files(result_file("a.json", a), result_file("b.json", b), pairing, {});
}

TEST(FileComparison, DecidesUnpairedRepetitions) {
  const BenchmarkFile baseline = repeated({"x"}, 1, 1);
  EXPECT_EQ(compare(baseline, repeated({"x"}, 1, 2)).verdict, Verdict::same);
  const FileComparison slower = compare(baseline, repeated({"x"}, 1.05, 3));
  EXPECT_EQ(slower.verdict, Verdict::slower);
  EXPECT_EQ(slower.exit_code, exit_regression);
  EXPECT_EQ(slower.comparisons[0].n, 20);
  EXPECT_TRUE(slower.comparisons[0].differences.empty());
  EXPECT_EQ(compare(baseline, repeated({"x"}, 0.95, 4)).exit_code, exit_pass);
  EXPECT_THAT(slower.notes, Contains(HasSubstr("each file is one process")));
}

TEST(FileComparison, PairsRepetitionsOnRequest) {
  // A common drift that hides 2 % between independent samples, but not between pairs.
  BenchmarkFile baseline = repeated({"x"}, 1, 1);
  BenchmarkFile candidate = repeated({"x"}, 1.02, 2);
  for (int i = 0; i < 20; ++i) {
    baseline.rows[0].repetitions[i] *= 1 + 0.05 * i;
    candidate.rows[0].repetitions[i] *= 1 + 0.05 * i;
  }
  EXPECT_EQ(compare(baseline, candidate).verdict, Verdict::inconclusive);
  const FileComparison paired = compare(baseline, candidate, Pairing::block);
  EXPECT_EQ(paired.verdict, Verdict::slower);
  EXPECT_EQ(paired.comparisons[0].differences.size(), 20U);
}

TEST(FileComparison, PairingNeedsEqualCounts) {
  EXPECT_THAT([] { compare(repeated({"x"}, 1, 1, 5), repeated({"x"}, 1, 2, 6), Pairing::block); },
              ThrowsMessage<UsageError>(HasSubstr("x has 5 in a.json and 6 in b.json; use --pairing none")));
}

TEST(FileComparison, ListsWhatOnlyOneFileHas) {
  const FileComparison comparison = compare(repeated({"x", "y"}, 1, 1), repeated({"z", "x"}, 1, 2));
  EXPECT_EQ(comparison.comparisons.size(), 1U);
  EXPECT_THAT(comparison.only_in_baseline, ElementsAre("y"));
  EXPECT_THAT(comparison.only_in_candidate, ElementsAre("z"));
  EXPECT_THAT([] { compare(repeated({"x"}, 1, 1), repeated({"y"}, 1, 1)); },
              ThrowsMessage<UsageError>(HasSubstr("nothing to compare")));
}

TEST(FileComparison, AggregatesDecideNothing) {
  BenchmarkFile aggregates = repeated({"x"}, 1.1, 1);
  aggregates.rows[0].repetitions.clear();
  aggregates.aggregates_only = true;
  const FileComparison comparison = compare(repeated({"x"}, 1, 1), aggregates);
  EXPECT_EQ(comparison.comparisons[0].verdict, Verdict::inconclusive);
  EXPECT_THAT(comparison.comparisons[0].reason, HasSubstr("b.json holds only aggregates; run with "
                                                          "--benchmark_repetitions=20 and without"));
  EXPECT_NEAR(comparison.comparisons[0].effect.value(), 0.1, 1e-9);
  EXPECT_EQ(comparison.exit_code, exit_inconclusive);
}

TEST(FileComparison, AResultThatBecameWrongFails) {
  BenchmarkFile wrong = repeated({"x"}, 1, 1);
  wrong.rows[0].state = RowState::failed;
  wrong.rows[0].message = "wrong result: nan";
  const FileComparison comparison = compare(repeated({"x"}, 1, 1), wrong);
  EXPECT_EQ(comparison.comparisons[0].verdict, Verdict::invalid);
  EXPECT_EQ(comparison.comparisons[0].reason, "failed: wrong result: nan in b.json");
  EXPECT_EQ(comparison.exit_code, exit_regression);
  EXPECT_EQ(compare(wrong, wrong).exit_code, exit_inconclusive);
}

TEST(FileComparison, SaysWhichPartsOfTheEnvironmentDiffer) {
  BenchmarkFile baseline = repeated({"x"}, 1, 1);
  BenchmarkFile candidate = repeated({"x"}, 1, 2);
  baseline.context = {{"gpu_uuid", "GPU-1"}, {"date", "today"}, {"driver_version", "580"}};
  candidate.context = {{"gpu_uuid", "GPU-2"}, {"date", "tomorrow"}};
  EXPECT_THAT(compare(baseline, candidate).notes,
              ::testing::IsSupersetOf({std::string("gpu_uuid differs: GPU-1 against GPU-2"),
                                       std::string("driver_version differs: 580 against unknown")}));
  EXPECT_THAT(compare(baseline, baseline).notes, ElementsAre(HasSubstr("each file is one process")));
}

TEST(FileComparison, GivesNoVerdictAcrossEnvironmentsUnlessAsked) {
  BenchmarkFile baseline = repeated({"x"}, 1, 1);
  BenchmarkFile candidate = repeated({"x"}, 1.1, 2);
  baseline.context = {{"gpu_uuid", "GPU-1"}, {"image_digest", "sha256:1"}, {"host_name", "a"}};
  candidate.context = {{"gpu_uuid", "GPU-2"}, {"image_digest", "sha256:2"}, {"host_name", "b"}};
  const ResultFile a = result_file("a.json", baseline);
  ResultFile b = result_file("b.json", candidate);
  FileComparisonSettings settings;
  const FileComparison refused = compare_files(a, b, settings);
  EXPECT_EQ(refused.comparisons[0].verdict, Verdict::invalid);
  EXPECT_THAT(refused.comparisons[0].reason,
              HasSubstr("gpu_uuid differs: GPU-1 against GPU-2, image_digest differs: sha256:1 against sha256:2; "
                        "times from different environments are not compared"));
  EXPECT_EQ(refused.exit_code, exit_inconclusive);

  settings.cross_environment = true;
  const FileComparison labelled = compare_files(a, b, settings);
  EXPECT_EQ(labelled.comparisons[0].verdict, Verdict::slower);
  EXPECT_EQ(labelled.environment_differences.size(), 2U);

  settings.cross_environment = false;
  settings.may_differ = {"image_digest"};
  b.environment["gpu_uuid"] = "GPU-1";
  const FileComparison images = compare_files(a, b, settings);
  EXPECT_EQ(images.comparisons[0].verdict, Verdict::slower);
  EXPECT_THAT(images.environment_differences, IsEmpty());
}

TEST(FileComparison, ListsWhatWasSkippedInBoth) {
  BenchmarkFile file = repeated({"x", "y"}, 1, 1);
  file.rows[1].state = RowState::skipped;
  file.rows[1].message = "no FP8 before Hopper";
  const FileComparison comparison = compare(file, file);
  EXPECT_EQ(comparison.comparisons.size(), 1U);
  EXPECT_THAT(comparison.skipped_in_both, ElementsAre("y: no FP8 before Hopper"));
  file.rows.erase(file.rows.begin());
  EXPECT_THAT([&] { compare(file, file); }, ThrowsMessage<UsageError>(HasSubstr("no measured benchmark")));
}

TEST(FileComparison, ComparesRunsByTheirBlocks) {
  SimulatedRun shape;
  SimulatedSamples random(7);
  shape.effect = {{"docker:--gpus=all", 0.05}};
  cuparity::Run before = simulate_run(shape, random);
  const cuparity::Run after = simulate_run(shape, random);
  before.trials[0].telemetry["block_rejected"] = "thermal slowdown";
  const auto compare_modes = [&](const std::string& a, const std::string& b) {
    return compare_files(result_file("before", before, a), result_file("after", after, b), Pairing::none, {});
  };
  const FileComparison same = compare_modes("", "native");
  EXPECT_EQ(same.verdict, Verdict::same) << same.comparisons[0].reason;
  EXPECT_EQ(same.comparisons[0].n, 11);
  EXPECT_EQ(same.baseline, "before (native)");
  EXPECT_THAT(same.notes, ElementsAre("before (native): 1 of 12 blocks rejected (thermal slowdown)"));
  EXPECT_EQ(compare_modes("", "docker:--gpus=all").verdict, Verdict::slower);
  EXPECT_THAT([&] { compare_modes("podman:none", ""); },
              ThrowsMessage<UsageError>(HasSubstr("has no mode \"podman:none\"; it has native, docker")));
}

}  // namespace
}  // namespace cuparity
