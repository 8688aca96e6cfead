#include "environment/kernel_mitigations.hpp"

#include <gtest/gtest.h>

#include "environment/fake_root.hpp"

namespace cuparity::environment {
namespace {

TEST(KernelMitigations, LeavesOutWhatDoesNotAffectTheProcessor) {
  FakeRoot root;
  const std::string folder = "sys/devices/system/cpu/vulnerabilities/";
  root.write(folder + "spectre_v2", "Mitigation: Retpolines, IBPB: conditional\n");
  root.write(folder + "meltdown", "Not affected\n");
  root.write(folder + "mds", "Vulnerable: Clear CPU buffers attempted, no microcode\n");
  EXPECT_EQ(kernel_mitigations(root.path()),
            "mds: Vulnerable: Clear CPU buffers attempted, no microcode; "
            "spectre_v2: Retpolines, IBPB: conditional");
}

TEST(KernelMitigations, TellsNoneFromUnknown) {
  FakeRoot root;
  EXPECT_EQ(kernel_mitigations(root.path()), "");
  root.write("sys/devices/system/cpu/vulnerabilities/meltdown", "Not affected\n");
  EXPECT_EQ(kernel_mitigations(root.path()), "none");
}

}  // namespace
}  // namespace cuparity::environment
