#include "kernels/saxpy/saxpy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "kernels/bandwidth/stream_operation.hpp"
#include "kernels/host/memory.hpp"
#include "kernels/random_input.hpp"
#include "kernels/saxpy/saxpy_host.hpp"

namespace cuparity {
namespace {

std::vector<float> computed(std::size_t count) {
  std::vector<float> x(count);
  std::vector<float> y(count);
  host::fill_random(x.data(), count, x_seed);
  host::fill_random(y.data(), count, y_seed);
  host::saxpy(saxpy_factor, x.data(), y.data(), count);
  return y;
}

TEST(Saxpy, EveryValidationCaseIsRightAndRepeatsItsBits) {
  for (const Case& tested : saxpy_validation_cases(Backend::cpu)) {
    if (tested.unsupported(nullptr)) continue;
    const auto execution = tested.prepare(nullptr);
    const Verification first = execution->verify();
    EXPECT_TRUE(first.correct()) << tested.name << ": " << first.error << " " << first.detail;
    EXPECT_EQ(tested.prepare(nullptr)->verify().digest, first.digest) << tested.name;
  }
}

TEST(Saxpy, StaysRightAfterAnyNumberOfRuns) {
  for (const Case& tested : saxpy_validation_cases(Backend::cpu)) {
    if (tested.unsupported(nullptr) || tested.name.find("/1000") == std::string::npos) continue;
    const auto execution = tested.prepare(nullptr);
    const Verification first = execution->verify();
    for (int i = 0; i < 3; ++i) execution->run();
    const Verification later = execution->verify();
    EXPECT_TRUE(later.correct()) << tested.name;
    EXPECT_EQ(later.digest, first.digest) << tested.name;
  }
}

TEST(Saxpy, ManyRunsDoNotDrift) {
  const std::size_t count = 1000;
  std::vector<float> x(count);
  std::vector<float> y(count);
  host::fill_random(x.data(), count, x_seed);
  host::fill_random(y.data(), count, y_seed);
  for (int pair = 0; pair < 10000; ++pair) {
    host::saxpy(saxpy_factor, x.data(), y.data(), count);
    host::saxpy(-saxpy_factor, x.data(), y.data(), count);
  }
  for (std::size_t i = 0; i < count; ++i) ASSERT_NEAR(y[i], random_uniform(y_seed, i), 20000 * 0x1p-23) << i;
}

TEST(Saxpy, BenchCasesHaveTheirNamesAndWork) {
  std::vector<std::string> names;
  for (const Case& listed : saxpy_bench_cases(Backend::cpu)) {
    names.push_back(listed.name);
    EXPECT_EQ(listed.work.bytes, 12.0 * (1 << 26));
    EXPECT_EQ(listed.work.flops, 2.0 * (1 << 26));
  }
  EXPECT_THAT(names, testing::ElementsAre("saxpy/own/fp32/67108864", "saxpy/openblas/fp32/67108864"));
}

// Its kernels give different bits: under another name that is no fault.
TEST(Saxpy, ALibrarysKernelIsNamed) {
  for (const Case& listed : saxpy_validation_cases(Backend::cpu)) {
    if (listed.unsupported(nullptr)) continue;
    EXPECT_EQ(listed.prepare(nullptr)->algorithm().empty(), listed.name.find("openblas") == std::string::npos) << listed.name;
  }
}

TEST(Saxpy, OneWrongElementIsFoundAndNamed) {
  for (const std::size_t wrong : {0, 65536, 99999}) {
    std::vector<float> y = computed(100000);
    ASSERT_TRUE(compare_saxpy(y.data(), y.size()).correct());
    y[wrong] += 1e-5f;
    const Verification verification = compare_saxpy(y.data(), y.size());
    EXPECT_FALSE(verification.correct());
    EXPECT_THAT(verification.detail, testing::StartsWith("element " + std::to_string(wrong) + ": found "));
  }
}

TEST(Saxpy, AnElementLeftOutIsFound) {
  std::vector<float> y = computed(100);
  y[50] = random_uniform(y_seed, 50);
  EXPECT_FALSE(compare_saxpy(y.data(), y.size()).correct());
}

TEST(Saxpy, AFusedMultiplyAddIsRightToo) {
  std::vector<float> y(10000);
  for (std::size_t i = 0; i < y.size(); ++i)
    y[i] = std::fma(saxpy_factor, random_uniform(x_seed, i), random_uniform(y_seed, i));
  EXPECT_TRUE(compare_saxpy(y.data(), y.size()).correct());
}

}  // namespace
}  // namespace cuparity
