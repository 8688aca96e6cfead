// The cases, their execution on the host, and the search for a plan that is right.
#include "kernels/convolution/convolution.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <omp.h>

#include <limits>
#include <optional>
#include <set>

#include "kernels/convolution/plan_search.hpp"

namespace cuparity {
namespace {

/// A library whose plan i has error errors[i], or does not start where that is negative.
struct FakeLibrary {
  std::vector<double> errors;
  int asked_for = 1;  ///< plan 0 is handed over as the first
  double seconds_per_plan = 0;
  double seconds = 0;

  AdmittedPlans<int> search(const PlanSearch& limits) {
    return admit_plans(
        0,
        [&]() -> std::optional<int> {
          return asked_for < static_cast<int>(errors.size()) ? std::optional(asked_for++) : std::nullopt;
        },
        [&](int plan) -> std::optional<double> {
          seconds += seconds_per_plan;
          const double error = errors[static_cast<std::size_t>(plan)];
          return error < 0 ? std::nullopt : std::optional(error);
        },
        [&] { return seconds; }, limits);
  }
};

TEST(PlanSearch, OnlyPlansInsideTheBoundAreTimed) {
  FakeLibrary library{{1.32, 0.016, -1, 1.0, std::numeric_limits<double>::quiet_NaN(), 1.82, 0.5}};
  const AdmittedPlans<int> admitted = library.search({16, 5, 0.5});
  EXPECT_THAT(admitted.plans, testing::ElementsAre(1, 3, 6));
  EXPECT_EQ(admitted.rejected.count, 3);
  EXPECT_FALSE(admitted.cut_short);
}

TEST(PlanSearch, SaysHowManyPlansWereWrong) {
  EXPECT_EQ(FakeLibrary{{0.5}}.search({}).rejected.remark(), "");
  EXPECT_EQ((FakeLibrary{{0.5, 1.321}}.search({}).rejected.remark()),
            "1 plan rejected as inaccurate, up to 1.32 times the bound");
  const AdmittedPlans<int> none = FakeLibrary{{1.321, 1.82}}.search({});
  EXPECT_TRUE(none.plans.empty());
  EXPECT_EQ(none.rejected.remark(), "2 plans rejected as inaccurate, up to 1.82 times the bound");
  EXPECT_EQ(none.rejected.failure(),
            "no plan's result lies within its error bound: 2 tried, errors of 1.32 to 1.82 times the bound");
}

TEST(PlanSearch, TheFirstPlanIsTheFirstThatIsRight) {
  FakeLibrary library{{1.1, 1.62, 0.3, 0.2}};
  library.seconds_per_plan = 1;  // the limit of no time does not end a search that has found nothing
  const AdmittedPlans<int> admitted = library.search(first_plan);
  EXPECT_THAT(admitted.plans, testing::ElementsAre(2));
  EXPECT_EQ(library.asked_for, 3);
  EXPECT_FALSE(admitted.cut_short);
}

TEST(PlanSearch, EndsByCountAndByTime) {
  FakeLibrary many{std::vector<double>(40, 0.5)};
  EXPECT_EQ(many.search({16, 5, 0.5}).plans.size(), 16u);
  EXPECT_EQ(many.asked_for, 16);
  FakeLibrary slow{std::vector<double>(40, 0.5)};
  slow.seconds_per_plan = 0.2;
  const AdmittedPlans<int> admitted = slow.search({16, 5, 0.5});
  EXPECT_EQ(admitted.plans.size(), 3u);
  EXPECT_TRUE(admitted.cut_short);
}

TEST(ConvolutionCases, CountTheWorkOfTheLayers) {
  const ConvolutionProblem problem{convolution_layers(Backend::cuda).front().shape, Pass::forward,
                                   ElementType::fp16};
  EXPECT_DOUBLE_EQ(problem.work().flops, 2.0 * 128 * 56 * 56 * 64 * 64 * 9);
  EXPECT_DOUBLE_EQ(problem.work().bytes, 2.0 * (2.0 * 128 * 56 * 56 * 64 + 64 * 64 * 9));
  for (const ConvolutionLayer& layer : convolution_layers(Backend::cuda)) {
    EXPECT_EQ(layer.shape.output_height(), layer.shape.height / layer.shape.stride) << layer.name;
  }
}

TEST(ConvolutionCases, AreNamedAfterPassTypeAndLayer) {
  const std::vector<Case> cases = convolution_bench_cases(Backend::cpu);
  std::set<std::string> names;
  for (const Case& row : cases) names.insert(row.name);
  EXPECT_EQ(names.size(), cases.size());
  EXPECT_EQ(cases.size(), 3u * 2 * 3);
  EXPECT_TRUE(names.count("convolution/onednn/backward_filter/fp32/3x3_256_256_14"));
#ifdef CUPARITY_HAVE_CUDA
  EXPECT_EQ(convolution_bench_cases(Backend::cuda).size(), 3u * 4 * 8);
#else
  EXPECT_TRUE(convolution_bench_cases(Backend::cuda).empty());
#endif
}

/// Verifies the cases; returns how many ran.
int verify_all(const std::vector<Case>& cases) {
  int verified = 0;
  for (const Case& row : cases) {
    SCOPED_TRACE(row.name);
    if (const auto reason = row.unsupported(nullptr)) {
      EXPECT_FALSE(reason->empty());
      continue;
    }
    const auto execution = row.prepare(nullptr);
    const Verification first = execution->verify();
    EXPECT_TRUE(first.correct()) << "error " << first.error << ", " << first.detail;
    const Verification second = execution->verify();
    EXPECT_EQ(first.digest, second.digest) << "two runs gave different bits";
    ++verified;
  }
  return verified;
}

TEST(ConvolutionHost, EveryValidationCaseIsCorrectTwice) {
  const int verified = verify_all(convolution_validation_cases(Backend::cpu));
#ifdef CUPARITY_HAVE_ONEDNN
  EXPECT_GE(verified, 3 * static_cast<int>(convolution_validation_shapes().size()));
#else
  EXPECT_EQ(verified, 0);
#endif
}

TEST(ConvolutionHost, BenchCasesOfOneLayerAreCorrectTwice) {
  std::vector<Case> cases = convolution_bench_cases(Backend::cpu);
  std::erase_if(cases, [](const Case& row) { return row.name.find("3x3_256_256_14") == std::string::npos; });
  EXPECT_EQ(cases.size(), 6u);
  verify_all(cases);
}

// A container may have fewer processors than its host: other bits are then no fault.
TEST(ConvolutionHost, BitsThatDependOnTheNumberOfThreadsAreOfAnotherAlgorithm) {
  const int threads = omp_get_max_threads();
  std::vector<Case> cases = convolution_bench_cases(Backend::cpu);
  std::erase_if(cases, [](const Case& row) { return row.name.find("backward_filter/fp32/1x1_64") == std::string::npos; });
  for (const Case& row : cases) {
    if (row.unsupported(nullptr)) GTEST_SKIP() << *row.unsupported(nullptr);
    std::set<std::uint64_t> digests;
    std::set<std::string> algorithms;
    for (const int number : {1, 2}) {
      omp_set_num_threads(number);
      const auto execution = row.prepare(nullptr);
      digests.insert(execution->verify().digest);
      algorithms.insert(execution->algorithm());
    }
    EXPECT_LE(digests.size(), algorithms.size()) << row.name << ": " << testing::PrintToString(algorithms);
  }
  omp_set_num_threads(threads);
}

}  // namespace
}  // namespace cuparity
