#include "harness/access/engine_flags.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cuparity {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(WithoutFlags, TakesTheValueAwayInBothSpellings) {
  EXPECT_THAT(without_flags({"--cpus=2", "--gpus", "all", "--cpus", "1", "--init"}, {"--cpus"}),
              ElementsAre("--gpus", "all", "--init"));
  EXPECT_THAT(without_flags({"--cpus"}, {"--cpus"}), IsEmpty()) << "a value that is missing is not read";
  EXPECT_THAT(without_flags({"--cpuset-cpus=0"}, {"--cpus"}), ElementsAre("--cpuset-cpus=0"));
}

TEST(WithoutGpuRequest, KeepsEverythingElse) {
  const AccessMode mode =
      parse_access_mode("docker:--gpus '\"device=0,1\"' --runtime=nvidia --security-opt seccomp=unconfined");
  EXPECT_TRUE(asks_for_gpu(mode));
  EXPECT_THAT(without_gpu_request(mode).arguments, ElementsAre("--security-opt", "seccomp=unconfined"));
  EXPECT_EQ(without_gpu_request(mode).request, RequestKind::none);
}

TEST(WithoutGpuRequest, IsKnownWhereNoneWasMade) {
  EXPECT_FALSE(asks_for_gpu(parse_access_mode("native")));
  EXPECT_FALSE(asks_for_gpu(parse_access_mode("docker:none")));
  EXPECT_FALSE(asks_for_gpu(parse_access_mode("docker:none --cpus=1")));
  EXPECT_TRUE(asks_for_gpu(parse_access_mode("docker:manual")));
  EXPECT_TRUE(asks_for_gpu(parse_access_mode("podman:--device=nvidia.com/gpu=0")));
}

}  // namespace
}  // namespace cuparity
