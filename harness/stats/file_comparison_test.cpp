#include "harness/stats/file_comparison.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <utility>

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
  EXPECT_EQ(comparison.verdict, Verdict::invalid);
  EXPECT_THAT(comparison.wrong_in_candidate, ElementsAre("x: wrong result: nan"));
}

TEST(FileComparison, AWrongResultFailsWhateverTheBaselineHas) {
  BenchmarkFile wrong = repeated({"x", "y"}, 1, 1);
  wrong.rows[1].state = RowState::failed;
  wrong.rows[1].message = "nan";
  for (const BenchmarkFile& baseline : {wrong, repeated({"x"}, 1, 1)}) {
    const FileComparison comparison = compare(baseline, wrong);
    EXPECT_EQ(comparison.exit_code, exit_regression);
    EXPECT_THAT(comparison.wrong_in_candidate, ElementsAre("y: nan"));
  }
  EXPECT_THAT(compare(wrong, repeated({"x", "y"}, 1, 1)).wrong_in_candidate, IsEmpty());
}

TEST(FileComparison, AFailedValidationOfACandidateFails) {
  SimulatedSamples random(1);
  const cuparity::Run baseline = simulate_run({}, random);
  cuparity::Run candidate = baseline;
  Trial trial;
  trial.kind = TrialKind::validation;
  trial.mode = "native";
  trial.failed_tests = {"Numerics/Gemm"};
  candidate.trials.push_back(trial);
  const auto compared = [&](const std::string& mode) {
    return compare_files(result_file("a", baseline, mode), result_file("b", candidate, mode), Pairing::none, {});
  };
  EXPECT_THAT(compared("native").wrong_in_candidate, ElementsAre("test failed: Numerics/Gemm"));
  EXPECT_EQ(compared("native").exit_code, exit_regression);
  EXPECT_EQ(compared("docker:--gpus=all").exit_code, exit_pass);
}

TEST(FileComparison, NamesOtherBitsOfTheSameAlgorithm) {
  BenchmarkFile baseline = repeated({"x", "y", "z"}, 1, 1);
  for (Row& row : baseline.rows) row.label = {{"digest", "a"}, {"algorithm", "one"}};
  baseline.rows[2].label["digest"] = "a,b";  // differs from repetition to repetition already
  BenchmarkFile candidate = baseline;
  for (Row& row : candidate.rows) row.label["digest"] = "c";
  candidate.rows[1].label["algorithm"] = "two";
  const FileComparison comparison = compare(baseline, candidate);
  EXPECT_THAT(comparison.other_bits, ElementsAre("x"));
  EXPECT_EQ(comparison.comparisons[2].same_bits, std::nullopt);
  EXPECT_EQ(comparison.exit_code, exit_pass);
}

TEST(FileComparison, BitsAreComparedAlgorithmByAlgorithm) {
  SimulatedSamples random(1);
  const auto run_of = [&](const std::vector<std::pair<std::string, std::string>>& chosen) {
    cuparity::Run run = simulate_run({}, random);
    std::size_t process = 0;
    for (Trial& trial : run.trials) {
      if (trial.mode != "native") continue;
      const auto& [algorithm, digest] = chosen[process++ % chosen.size()];
      for (Row& row : trial.rows) row.label = {{"algorithm", algorithm}, {"digest", digest}};
    }
    return run;
  };
  const auto compared = [](const cuparity::Run& before, const cuparity::Run& after) {
    return compare_files(result_file("a", before, "native"), result_file("b", after, "native"), Pairing::none, {});
  };
  const cuparity::Run baseline = run_of({{"one", "a"}, {"two", "b"}});
  const FileComparison same = compared(baseline, run_of({{"two", "b"}, {"one", "a"}}));
  EXPECT_EQ(same.comparisons[0].same_bits, true) << "a search may choose in another order";
  EXPECT_THAT(same.other_bits, IsEmpty());
  const FileComparison other = compared(baseline, run_of({{"two", "c"}, {"one", "a"}}));
  EXPECT_EQ(other.comparisons[0].same_bits, false);
  EXPECT_THAT(other.comparisons[0].reason, HasSubstr("the bits differ with the same algorithm"));
  EXPECT_EQ(other.other_bits.size(), other.comparisons.size());
  const cuparity::Run varying = run_of({{"one", "a"}, {"one", "b"}, {"two", "b"}});
  EXPECT_EQ(compared(varying, baseline).comparisons[0].same_bits, std::nullopt);
  EXPECT_EQ(compared(varying, run_of({{"one", "a"}, {"two", "c"}})).comparisons[0].same_bits, false);
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

const std::string gemm = "gemm/own/fp32/4096/manual_time";

/// Two runs whose clock moves by 5 % from process to process, which their cycles don't have.
std::pair<cuparity::Run, cuparity::Run> runs_with_cycles(double effect, double clock_deviation = 0.05) {
  SimulatedSamples random(7);
  SimulatedRun shape;
  shape.benchmarks = {gemm, "saxpy/own/fp32/1024/manual_time"};
  shape.clock_deviation = clock_deviation;
  cuparity::Run before = simulate_run(shape, random);
  shape.effect = {{"native", effect}};
  cuparity::Run after = simulate_run(shape, random);
  before.per_clock = after.per_clock = {"^gemm/"};
  return {before, after};
}

FileComparison compare(const cuparity::Run& before, const cuparity::Run& after, FileComparisonSettings settings = {}) {
  return compare_files(result_file("before", before, ""), result_file("after", after, ""), settings);
}

TEST(FileComparison, AModeThatWasDroppedCostsTheOthersNothing) {
  SimulatedSamples random(7);
  SimulatedRun shape;
  shape.modes = {"native", "docker:--gpus=all", "podman:--gpus=all"};
  const cuparity::Run baseline = simulate_run(shape, random);
  cuparity::Run candidate = baseline;
  std::erase_if(candidate.trials, [](const Trial& trial) { return trial.mode.starts_with("podman") && trial.block > 1; });
  for (Trial& trial : candidate.trials) trial.ok = !trial.mode.starts_with("podman");
  const auto compared = [&](const std::string& mode) {
    return compare_files(result_file("a", baseline, mode), result_file("b", candidate, mode), Pairing::none, {});
  };
  EXPECT_EQ(compared("native").comparisons.at(0).n, 12);
  EXPECT_EQ(compared("native").verdict, Verdict::same);
  EXPECT_EQ(compared("docker:--gpus=all").exit_code, exit_pass);
  const FileComparison dropped = compared("podman:--gpus=all");
  EXPECT_EQ(dropped.comparisons.at(0).verdict, Verdict::invalid);
  EXPECT_THAT(dropped.comparisons.at(0).reason, HasSubstr("2 of 2 blocks rejected (trial"));
}

TEST(FileComparison, ARunThatLostMoreThanATenthIsInvalidHereToo) {
  SimulatedSamples random(7);
  const cuparity::Run baseline = simulate_run({}, random);
  cuparity::Run candidate = baseline;
  const auto compared = [&](const cuparity::Run& a, const cuparity::Run& b) {
    return compare_files(result_file("a", a, ""), result_file("b", b, ""), Pairing::none, {});
  };
  const auto reject = [&](int block) {
    for (Trial& trial : candidate.trials)
      if (trial.block == block) trial.telemetry["block_rejected"] = "heat";
  };
  reject(3);
  EXPECT_EQ(compared(baseline, candidate).verdict, Verdict::same) << "one of twelve";
  reject(4);
  EXPECT_EQ(compared(baseline, candidate).exit_code, exit_inconclusive);
  EXPECT_EQ(compared(candidate, baseline).comparisons.at(0).verdict, Verdict::invalid);
  EXPECT_EQ(compared(candidate, baseline).comparisons.at(0).reason, "a (native): 2 of 12 blocks rejected (heat)");

  candidate = baseline;
  for (Trial& trial : candidate.trials)
    if (trial.block < 2) trial.rows.clear();
  EXPECT_EQ(compared(baseline, candidate).comparisons.at(0).verdict, Verdict::invalid);
  EXPECT_EQ(compared(baseline, candidate).comparisons.at(0).reason, "b (native): measured in 10 of 12 blocks only");
}

TEST(FileComparison, ComparesRunsInCyclesWhereBothListThem) {
  const auto [before, after] = runs_with_cycles(0.05);
  for (const Pairing pairing : {Pairing::none, Pairing::block}) {
    FileComparisonSettings settings;
    settings.pairing = pairing;
    const FileComparison result = compare(before, after, settings);
    const Comparison& in_cycles = result.comparisons.at(0);
    EXPECT_EQ(in_cycles.measure, Measure::cycles);
    EXPECT_EQ(in_cycles.verdict, Verdict::slower) << in_cycles.reason;
    EXPECT_NEAR(in_cycles.effect.value(), 0.05, 0.002);
    EXPECT_GT(std::fabs(in_cycles.time_effect.value() - 0.05), 0.002);
    EXPECT_LT(in_cycles.time_interval_low.value(), in_cycles.time_effect.value());
    EXPECT_NEAR(in_cycles.baseline_seconds.value(), 1, 0.1) << "at the clock in the middle";
    EXPECT_THAT(in_cycles.reason, HasSubstr("; compared in clock cycles, in time it is "));
    EXPECT_EQ(result.comparisons.at(1).measure, Measure::seconds);
  }
}

TEST(FileComparison, ComparesTimesWhereOneSideAloneHasCycles) {
  const auto [before, after] = runs_with_cycles(0);
  const auto is_in_time = [](const FileComparison& result) {
    const Comparison& comparison = result.comparisons.at(0);
    return comparison.measure == Measure::seconds && !comparison.time_effect &&
           comparison.reason.find("cycles") == std::string::npos;
  };
  cuparity::Run other = after;
  other.per_clock.clear();
  EXPECT_TRUE(is_in_time(compare(before, other)));
  EXPECT_TRUE(is_in_time(compare(other, before)));
  other = after;
  Trial& native = *std::find_if(other.trials.begin(), other.trials.end(),
                                [](const Trial& trial) { return trial.mode == "native"; });
  native.rows[0].cycles.reset();
  EXPECT_TRUE(is_in_time(compare(before, other)));
  native.telemetry["block_rejected"] = "thermal slowdown";  // such a block needs none
  EXPECT_EQ(compare(before, other).comparisons.at(0).measure, Measure::cycles);
  EXPECT_EQ(compare(before, other).comparisons.at(0).n, 11);
}

TEST(FileComparison, ALowerClockIsSlowerThoughNotPerClock) {
  auto [before, after] = runs_with_cycles(0, 0.001);
  EXPECT_EQ(compare(before, after).comparisons.at(0).verdict, Verdict::same);
  for (Trial& trial : after.trials) trial.rows[0].seconds *= 1.05;
  const FileComparison result = compare(before, after);
  EXPECT_EQ(result.comparisons.at(0).verdict, Verdict::slower);
  EXPECT_THAT(result.comparisons.at(0).reason, ::testing::StartsWith("slower in time by "));
  EXPECT_FALSE(result.comparisons.at(0).detectable_below_margin);
  EXPECT_EQ(result.exit_code, exit_regression);
}

TEST(FileComparison, ATimeThatIsNoneIsSeenThoughItsCyclesCount) {
  auto [before, after] = runs_with_cycles(0);
  for (Trial& trial : after.trials) {
    if (trial.block == 0) trial.rows[0].seconds = 0;
  }
  const FileComparison result = compare(before, after);
  EXPECT_EQ(result.comparisons.at(0).verdict, Verdict::invalid);
  EXPECT_THAT(result.comparisons.at(0).reason, HasSubstr("reports 0 s as value 1 of 12"));
}

TEST(FileComparison, ACycleOfOneModelIsNoneOfAnother) {
  auto [before, after] = runs_with_cycles(0);
  before.environment["gpu_name"] = "NVIDIA A100";
  after.environment["gpu_name"] = "NVIDIA H200";
  EXPECT_THAT(compare(before, after).comparisons.at(0).reason, ::testing::Not(HasSubstr("cycles")));
  FileComparisonSettings settings;
  settings.cross_environment = true;
  EXPECT_EQ(compare(before, after, settings).comparisons.at(0).measure, Measure::seconds);
}

}  // namespace
}  // namespace cuparity
