// What holds of all findings together.
#include "harness/doctor/diagnose.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/doctor/checks/example_probe.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;

TEST(Diagnose, HealthyMachinesHaveNoProblem) {
  for (Probe (*make)() : {healthy_host, inside_container, host_without_gpu}) {
    for (const Finding& finding : diagnose(make()).findings) {
      EXPECT_LE(static_cast<int>(finding.severity), static_cast<int>(Severity::info))
          << finding.id << ": " << finding.summary;
    }
  }
}

TEST(Diagnose, NodesThatAreRefusedForOneReasonAreOneFinding) {
  Probe probe = inside_container();
  for (DeviceNode& node : probe.driver.nodes) node.opening = "EPERM";
  std::vector<std::string> seen;
  for (const Finding& finding : diagnose(probe).findings)
    if (finding.id == "nvml-unknown-error-daemon-reload") seen.push_back(finding.evidence);
  ASSERT_EQ(seen.size(), 1U);
  for (const DeviceNode& node : probe.driver.nodes) EXPECT_THAT(seen[0], HasSubstr(node.path + ": mode"));
}

TEST(Diagnose, MostSevereFirst) {
  Probe probe = healthy_host();
  probe.driver.nodes.clear();
  probe.toolkit = {};
  const DoctorReport report = diagnose(probe);
  EXPECT_TRUE(std::is_sorted(report.findings.begin(), report.findings.end(),
                             [](const Finding& a, const Finding& b) { return a.severity > b.severity; }));
  EXPECT_EQ(static_cast<int>(report.findings.front().severity), static_cast<int>(Severity::error));
}

TEST(Diagnose, AnEmptyProbeIsNoCrash) { EXPECT_NO_THROW(diagnose(Probe{})); }

TEST(Diagnose, SummaryAnswersWhatIsAskedFirst) {
  const nlohmann::json machine = diagnose(healthy_host()).machine;
  EXPECT_EQ(machine["gpus"][0]["name"], "NVIDIA H200");
  EXPECT_EQ(machine["driver_version"], "580.159.04");
  EXPECT_EQ(machine["cuda_driver_version"], "13.0");
  EXPECT_EQ(machine["container_access"]["possible"], true);
  EXPECT_TRUE(diagnose(host_without_gpu()).machine["container_access"]["possible"].is_null());
}

TEST(CheckCuda, AnImageThatNeedsANewerMajorCudaIsToldUnasked) {
  Probe probe = healthy_host();
  probe.images[0].variables["NVIDIA_REQUIRE_CUDA"] = "cuda>=14.0 brand=tesla,driver>=580,driver<581";
  const auto told = [&] {
    for (const Finding& finding : diagnose(probe).findings)
      if (finding.id == "driver-insufficient") return finding.evidence;
    return std::string();
  };
  EXPECT_EQ(told(), "image cuparity:0.1.0: NVIDIA_REQUIRE_CUDA=cuda>=14.0; the driver allows CUDA 13");
  probe.images[0].variables["NVIDIA_REQUIRE_CUDA"] = "cuda>=13.9";  // minor version compatibility
  EXPECT_EQ(told(), "");
  probe.images[0].variables["NVIDIA_REQUIRE_CUDA"] = "";
  EXPECT_EQ(told(), "");
}

}  // namespace
}  // namespace cuparity
