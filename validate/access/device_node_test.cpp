#include "validate/access/device_node.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>

namespace cuparity::validate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(DeviceNode, OpensWhatIsThereAndSaysWhatIsNot) {
  const auto accesses = open_nodes({"/dev/null", "/dev/no-such-node", "/proc/self/status/x"});
  ASSERT_EQ(accesses.size(), 3u);
  EXPECT_EQ(accesses[0].error, 0);
  EXPECT_EQ(accesses[1].error, ENOENT);
  EXPECT_EQ(accesses[2].error, ENOTDIR);
}

TEST(DeviceNode, CudaNeedsMoreThanTheGpu) {
  EXPECT_THAT(needed_nodes({}), IsEmpty());
  EXPECT_THAT(needed_nodes({"/dev/nvidia3"}),
              ElementsAre("/dev/nvidia3", "/dev/nvidiactl", "/dev/nvidia-uvm"));
}

TEST(DeviceNode, EachErrorHasItsOwnCause) {
  EXPECT_THAT(explain_open_error(EPERM), StartsWith("EPERM: the device cgroup"));
  EXPECT_THAT(explain_open_error(EACCES), StartsWith("EACCES: the node's mode"));
  EXPECT_THAT(explain_open_error(ENOENT), StartsWith("ENOENT: the node is missing"));
  EXPECT_THAT(explain_open_error(ENXIO), StartsWith("ENXIO: the node is there"));
  EXPECT_THAT(explain_open_error(EIO), StartsWith("EIO: the node is there"));
  EXPECT_THAT(explain_open_error(EMFILE), HasSubstr(std::to_string(EMFILE)));
}

TEST(DeviceNode, ProbeLeavesNothingBehind) {
  const auto folder = std::filesystem::temp_directory_path();
  const Reach reach = probe_gpu(251, folder.string());  // no machine has that many GPUs
  EXPECT_NE(reach, Reach::reachable);
  EXPECT_FALSE(std::filesystem::exists(folder / "cuparity-probe-195-251"));
  EXPECT_EQ(probe_gpu(251, "/no/such/folder"), Reach::not_probed);
}

}  // namespace
}  // namespace cuparity::validate
