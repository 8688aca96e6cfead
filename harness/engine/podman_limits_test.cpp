#include "harness/engine/podman_limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cuparity {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

LimitFacts nested_machine() { return {true, false, 20000, 96364, 32768}; }

TEST(PodmanLimits, AsksForNoMoreThanThereIs) {
  EXPECT_THAT(podman_limit_flags(nested_machine(), {}),
              ElementsAre("--ulimit=nofile=20000:20000", "--ulimit=nproc=32768:32768"));
  LimitFacts many_pids = nested_machine();
  many_pids.highest_pid = 4194304;
  EXPECT_EQ(podman_limit_flags(many_pids, {}).back(), "--ulimit=nproc=96364:96364");
  many_pids.highest_pid = 0;
  EXPECT_EQ(podman_limit_flags(many_pids, {}).back(), "--ulimit=nproc=96364:96364");
}

TEST(PodmanLimits, LeavesPodmanAloneWhereItsDefaultsCanBeHad) {
  LimitFacts facts = nested_machine();
  facts.may_raise_limits = true;
  EXPECT_THAT(podman_limit_flags(facts, {}), IsEmpty());
  facts = nested_machine();
  facts.open_files = 1048576;
  EXPECT_THAT(podman_limit_flags(facts, {}), IsEmpty());
  facts = nested_machine();
  facts.root = false;
  EXPECT_THAT(podman_limit_flags(facts, {}), IsEmpty());
}

TEST(PodmanLimits, AreTheUsersWhereNamed) {
  EXPECT_THAT(podman_limit_flags(nested_machine(), {"--ulimit", "nofile=1024:1024"}), IsEmpty());
  EXPECT_THAT(podman_limit_flags(nested_machine(), {"--ulimit=nofile=1024:1024"}), IsEmpty());
  EXPECT_FALSE(podman_limit_flags(nested_machine(), {"--cpus=1"}).empty());
}

}  // namespace
}  // namespace cuparity
