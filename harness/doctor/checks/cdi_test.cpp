// Several CDI specifications beside one another.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/doctor/checks/example_probe.hpp"
#include "harness/doctor/diagnose.hpp"
#include "harness/doctor/from_text.hpp"

namespace cuparity {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// nullptr where there is none.
const Finding* find(const DoctorReport& report, const std::string& id) {
  const auto found = std::find_if(report.findings.begin(), report.findings.end(),
                                  [&](const Finding& finding) { return finding.id == id; });
  return found == report.findings.end() ? nullptr : &*found;
}

CdiSpec spec_of(const char* path, const char* driver) {
  CdiSpec spec = healthy_host().cdi[0];
  spec.path = path;
  spec.driver_versions = {driver};
  return spec;
}

Probe host_with(std::vector<CdiSpec> specs) {
  Probe probe = healthy_host();
  probe.cdi = std::move(specs);
  return probe;
}

constexpr const char* loaded = "580.159.04";

TEST(CheckCdi, TheFileThatIsStaleIsWrittenAnew) {
  const DoctorReport report = diagnose(host_with({spec_of("/etc/cdi/gpus.yaml", "570.1.2")}));
  ASSERT_NE(find(report, "cdi-stale-missing-lib"), nullptr);
  EXPECT_THAT(find(report, "cdi-stale-missing-lib")->fix,
              Contains("sudo nvidia-ctk cdi generate --output=/etc/cdi/gpus.yaml"));
}

TEST(CheckCdi, WhatAServiceWritesAtBootIsItsToWrite) {
  const DoctorReport report = diagnose(host_with({spec_of("/var/run/cdi/nvidia.yaml", "570.1.2")}));
  ASSERT_NE(find(report, "cdi-stale-missing-lib"), nullptr);
  EXPECT_THAT(find(report, "cdi-stale-missing-lib")->fix,
              ElementsAre(HasSubstr("sudo systemctl restart nvidia-cdi-refresh.service"),
                          "or: sudo nvidia-ctk cdi generate --output=/var/run/cdi/nvidia.yaml", "nvidia-ctk cdi list"));
}

TEST(CheckCdi, AStaleFileInTheFolderOfHigherPriorityIsTold) {
  const DoctorReport report =
      diagnose(host_with({spec_of("/etc/cdi/nvidia.yaml", loaded), spec_of("/var/run/cdi/nvidia.yaml", "570.1.2")}));
  ASSERT_NE(find(report, "cdi-stale-missing-lib"), nullptr);
  EXPECT_THAT(find(report, "cdi-stale-missing-lib")->summary, HasSubstr("/var/run/cdi/nvidia.yaml"));
  ASSERT_NE(find(report, "cdi.shadowed"), nullptr);
}

TEST(CheckCdi, AStaleFileThatNoEngineUsesIsNoProblem) {
  const DoctorReport report =
      diagnose(host_with({spec_of("/etc/cdi/nvidia.yaml", "570.1.2"), spec_of("/var/run/cdi/nvidia.yaml", loaded)}));
  EXPECT_EQ(find(report, "cdi-stale-missing-lib"), nullptr);
  ASSERT_NE(find(report, "cdi.shadowed"), nullptr);
  EXPECT_THAT(find(report, "cdi.shadowed")->summary, HasSubstr("/var/run/cdi/nvidia.yaml wins over it"));
}

TEST(CheckCdi, AFileWithADeviceOfItsOwnIsUsed) {
  CdiSpec stale = spec_of("/etc/cdi/nvidia.yaml", "570.1.2");
  stale.devices.push_back("1");
  EXPECT_NE(find(diagnose(host_with({stale, spec_of("/var/run/cdi/nvidia.yaml", loaded)})), "cdi-stale-missing-lib"),
            nullptr);
}

TEST(CheckCdi, OneDeviceTwiceInOneFolderIsTold) {
  const DoctorReport report =
      diagnose(host_with({spec_of("/etc/cdi/a.yaml", loaded), spec_of("/etc/cdi/nvidia.yaml", loaded)}));
  ASSERT_NE(find(report, "cdi-conflicting-device"), nullptr);
  EXPECT_THAT(find(report, "cdi-conflicting-device")->evidence,
              HasSubstr("nvidia.com/gpu=0 (/etc/cdi/a.yaml, /etc/cdi/nvidia.yaml)"));
  EXPECT_EQ(find(diagnose(host_with({spec_of("/etc/cdi/a.yaml", loaded), spec_of("/var/run/cdi/a.yaml", loaded)})),
                 "cdi-conflicting-device"),
            nullptr);
}

TEST(CheckCdi, ATextsFixNamesTheFileOfThisMachine) {
  const Probe probe = host_with({spec_of("/var/run/cdi/nvidia.yaml", "570.1.2")});
  const char* text = "error mounting \"/usr/lib/x86_64-linux-gnu/libcuda.so.570.1.2\": stat: no such file or directory";
  const DoctorReport report = diagnose_text(text, &probe);
  ASSERT_NE(find(report, "cdi-stale-missing-lib"), nullptr);
  EXPECT_THAT(find(report, "cdi-stale-missing-lib")->fix, Contains(HasSubstr("nvidia-cdi-refresh.service")));
  EXPECT_THAT(find(report, "cdi-stale-missing-lib")->fix, Not(Contains(HasSubstr("/etc/cdi"))));
}

TEST(CheckCdi, WhereThereIsNoneTheToolkitsOwnServiceWritesIt) {
  Probe probe = host_with({});
  EXPECT_THAT(find(diagnose(probe), "cdi.none")->fix, Contains("sudo systemctl restart nvidia-cdi-refresh.service"));
  probe.toolkit.version = "1.17.8";
  EXPECT_THAT(find(diagnose(probe), "cdi.none")->fix,
              Contains("sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml"));
}

}  // namespace
}  // namespace cuparity
