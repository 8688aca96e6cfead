// Several CDI specifications beside one another.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/doctor/checks/example_probe.hpp"
#include "harness/doctor/diagnose.hpp"
#include "harness/doctor/from_text.hpp"

namespace cuparity {
namespace {

using testing::AllOf;
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

/// What the engine says of all of these is "unresolvable".
TEST(CheckCdi, WhyANamedDeviceIsNoneIsTold) {
  const auto told = [](const Probe& probe) {
    return diagnose_text("CDI device injection failed: unresolvable CDI devices nvidia.com/gpu=all", &probe).findings.at(0);
  };
  const Finding twice = told(host_with({spec_of("/etc/cdi/gpus.yaml", loaded), spec_of("/etc/cdi/nvidia.yaml", loaded)}));
  EXPECT_EQ(twice.id, "cdi-unresolvable-docker");
  EXPECT_THAT(twice.evidence, HasSubstr("two files of one folder"));
  EXPECT_THAT(twice.fix, Contains(HasSubstr("sudo mv /etc/cdi/gpus.yaml ")));

  CdiSpec odd = spec_of("/etc/cdi/nvidia.yaml", loaded);
  odd.unknown_fields = {"specification.vendor"};
  EXPECT_THAT(told(host_with({odd})).fix, Contains("sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml"));

  Probe elsewhere = host_with({spec_of("/etc/cdi/nvidia.yaml", loaded)});
  elsewhere.engines.front().cdi_folders = {"/opt/cdi"};
  EXPECT_THAT(told(elsewhere).evidence, HasSubstr("no folder that Docker reads: /opt/cdi"));
  EXPECT_THAT(told(elsewhere).fix, Contains(HasSubstr("--output=/opt/cdi/nvidia.yaml")));

  Probe run = host_with({spec_of("/var/run/cdi/nvidia.yaml", loaded)});
  run.engines.front().cdi_folders = {"/etc/cdi", "/run/cdi"};
  EXPECT_THAT(told(run).evidence, Not(HasSubstr("no folder that Docker reads")));
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

std::vector<std::string> fix_of_text(const char* text, const char* id, const Probe& probe) {
  const DoctorReport report = diagnose_text(text, &probe);
  const Finding* finding = find(report, id);
  return finding ? finding->fix : std::vector<std::string>{};
}

constexpr const char* file_gone =
    "error mounting \"/usr/lib/x86_64-linux-gnu/libcuda.so.570.1.2\": stat: no such file or directory";
constexpr const char* hook_gone = "error running hook #0: fork/exec /usr/bin/other-hook: no such file or directory";
constexpr const char* unresolvable = "unresolvable CDI devices nvidia.com/gpu=0";

TEST(CheckCdi, WhatAnotherToolWroteIsNotOverwritten) {
  for (const char* kind : {"management.nvidia.com/gpu", "amd.com/gpu"}) {
    CdiSpec foreign = spec_of("/etc/cdi/other.yaml", "570.1.2");
    foreign.kind = kind;
    foreign.missing_hooks = {"/usr/bin/other-hook"};
    const Probe probe = host_with({foreign});
    for (const Finding& finding : diagnose(probe).findings)
      EXPECT_THAT(finding.fix, Not(Contains(HasSubstr("other.yaml")))) << finding.id;
    const auto by_its_tool = ElementsAre(AllOf(HasSubstr("/etc/cdi/other.yaml"), HasSubstr("the tool that wrote it")));
    EXPECT_THAT(fix_of_text(file_gone, "cdi-stale-missing-lib", probe), by_its_tool);
    EXPECT_THAT(fix_of_text(hook_gone, "cdi-hook-missing", probe), by_its_tool);
    EXPECT_THAT(fix_of_text(unresolvable, "cdi-unresolvable-docker", probe),
                ElementsAre("sudo systemctl restart nvidia-cdi-refresh.service", "nvidia-ctk cdi list"));
  }
}

TEST(CheckCdi, TheSpecificationOfTheGpusComesBeforeAnotherTools) {
  CdiSpec foreign = spec_of("/etc/cdi/amd.yaml", "570.1.2");
  foreign.kind = "amd.com/gpu";
  EXPECT_THAT(fix_of_text(file_gone, "cdi-stale-missing-lib", host_with({foreign, spec_of("/etc/cdi/nv.yaml", "570.1.2")})),
              Contains("sudo nvidia-ctk cdi generate --output=/etc/cdi/nv.yaml"));
}

TEST(CheckCdi, OfWhatCannotBeReadOnlyNvidiasOwnIsWrittenAnew) {
  const auto unreadable = [](const char* path) {
    CdiSpec spec;
    spec.path = path;
    spec.failure = "yaml-cpp: error at line 3";
    return host_with({spec});
  };
  for (const char* path : {"/etc/cdi/nvidia.yaml", "/etc/cdi/nvidia.json"}) {
    const auto written = Contains(std::string("sudo nvidia-ctk cdi generate --output=") + path);
    EXPECT_THAT(find(diagnose(unreadable(path)), "cdi.unreadable")->fix, written);
    EXPECT_THAT(fix_of_text(unresolvable, "cdi-unresolvable-docker", unreadable(path)), written);
  }
  const Probe intel = unreadable("/etc/cdi/intel.yaml");
  EXPECT_THAT(find(diagnose(intel), "cdi.unreadable")->fix, ElementsAre("mend or remove /etc/cdi/intel.yaml"));
  EXPECT_THAT(fix_of_text(unresolvable, "cdi-unresolvable-docker", intel),
              ElementsAre("mend or remove /etc/cdi/intel.yaml", "sudo systemctl restart nvidia-cdi-refresh.service",
                          "nvidia-ctk cdi list"));
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
