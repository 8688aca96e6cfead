#include "harness/run/equal_gpus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/errors.hpp"

namespace cuparity {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

SeenEnvironment sees(const std::string& uuids, const std::string& nvml_count) {
  return {{"gpu_uuids", uuids}, {"nvml_gpu_count", nvml_count}};
}

TEST(MakeGpusEqual, LeavesEqualSetsAlone) {
  const EqualGpus equal =
      make_gpus_equal({{"native", sees("GPU-a,GPU-b", "2")}, {"docker", sees("GPU-a,GPU-b", "2")}});
  EXPECT_TRUE(equal.variables.empty());
  EXPECT_TRUE(equal.notes.empty());
}

TEST(MakeGpusEqual, LeavesTheLargerSideOnlyWhatBothSeeAndSaysWhatStaysUnequal) {
  const EqualGpus equal =
      make_gpus_equal({{"native", sees("GPU-a,GPU-b,GPU-c,GPU-d", "4")}, {"docker", sees("GPU-b", "1")}});
  EXPECT_EQ(equal.variables.at("native").at("CUDA_VISIBLE_DEVICES"), "GPU-b");
  EXPECT_EQ(equal.variables.count("docker"), 0u);
  ASSERT_EQ(equal.notes.size(), 2u);
  EXPECT_THAT(equal.notes[0], HasSubstr("native sees 4 GPUs, every mode sees 1"));
  EXPECT_THAT(equal.notes[1], HasSubstr("1 under docker; 4 under native"));
  EXPECT_THAT(equal.notes[1], HasSubstr("cuInit"));
}

TEST(MakeGpusEqual, MakesTheOrderEqualSinceTheFirstIsMeasured) {
  const EqualGpus equal =
      make_gpus_equal({{"docker", sees("GPU-b,GPU-a", "2")}, {"native", sees("GPU-a,GPU-b", "2")}});
  EXPECT_EQ(equal.variables.at("native").at("CUDA_VISIBLE_DEVICES"), "GPU-b,GPU-a");
}

TEST(MakeGpusEqual, RefusesSetsWithoutACommonGpu) {
  try {
    make_gpus_equal({{"native", sees("GPU-a", "1")}, {"docker", {{"backend", "cuda"}}}});
    FAIL();
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.what(), HasSubstr("docker sees none; native sees GPU-a"));
  }
}

TEST(MakeGpusEqual, DoesNothingOnTheCpu) {
  EXPECT_TRUE(make_gpus_equal({{"native", {{"backend", "cpu"}}}, {"docker:none", {}}}).variables.empty());
}

}  // namespace
}  // namespace cuparity
