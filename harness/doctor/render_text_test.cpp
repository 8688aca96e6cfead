#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/doctor/checks/example_probe.hpp"
#include "harness/doctor/diagnose.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(DoctorText, FirstTheAnswerThenProblemsThenWhatIsFine) {
  Probe probe = healthy_host();
  probe.cdi[0].driver_versions = {"570.1.2"};
  const std::string text = render_text(diagnose(probe), false);
  EXPECT_THAT(text, StartsWith("GPU        0  NVIDIA H200  140.4 GiB  GPU-1\n"
                               "Driver     580.159.04, allows CUDA up to 13.0; CUDA sees 1 device\n"
                               "Engines    docker 29.7.2\n"
                               "Toolkit    NVIDIA Container Toolkit 1.19.1; CDI offers 2 names\n"
                               "Container  can get the GPU: yes, by docker:--gpus=all\n"));
  EXPECT_LT(text.find("[cdi-stale-missing-lib]"), text.find("Fine:"));
  EXPECT_THAT(text, HasSubstr("do:       sudo nvidia-ctk cdi generate"));
}

TEST(DoctorText, SaysWhyAContainerGetsNone) {
  Probe probe = healthy_host();
  probe.access = {{"docker:--gpus=all", "failed", "could not select device driver", {}, -1, ""}};
  EXPECT_THAT(render_text(diagnose(probe), false),
              HasSubstr("can get the GPU: no, because docker:--gpus=all: could not select device driver"));
}

TEST(DoctorText, AGpuWithoutItsDriverIsNoMissingGpu) {
  Probe probe = host_without_gpu();
  EXPECT_THAT(render_text(diagnose(probe), false), HasSubstr("Container  no GPU to give\n"));
  probe.driver.pci_gpus = {{"0000:65:00.0", "0x2335", ""}};
  const std::string text = render_text(diagnose(probe), false);
  EXPECT_THAT(text, StartsWith("GPU        none visible, 1 on the PCI bus\n"));
  EXPECT_THAT(text, HasSubstr("Container  can get no GPU before the driver works on this host\n"));
}

TEST(DoctorText, ADriverIsNotAwaitedForAGpuThatIsPassedThrough) {
  Probe probe = host_without_gpu();
  probe.access.clear();
  probe.driver.pci_gpus = {{"0000:65:00.0", "0x2335", "vfio-pci"}};
  EXPECT_THAT(render_text(diagnose(probe), false),
              HasSubstr("Container  no GPU to give: vfio-pci holds it for a virtual machine\n"));
  probe.driver.pci_gpus.push_back({"0000:66:00.0", "0x2335", ""});
  EXPECT_THAT(render_text(diagnose(probe), false),
              HasSubstr("Container  can get no GPU before the driver works on this host\n"));
}

TEST(DoctorText, InsideAContainerItSaysSo) {
  const std::string text = render_text(diagnose(inside_container()), false);
  EXPECT_THAT(text, HasSubstr("inside a docker container"));
  EXPECT_THAT(text, Not(HasSubstr("Engines")));
}

TEST(DoctorText, NamesFromOutsideCannotMoveTheCursor) {
  Probe probe = healthy_host();
  probe.nvml.gpus[0].name = "\x1b[2J H200\n";
  probe.access = {{"docker:--gpus=all", "failed", "\x1b[31mred", {}, -1, ""}};
  EXPECT_THAT(render_text(diagnose(probe), false), Not(HasSubstr("\x1b")));
}

TEST(DoctorText, SaysWhatCouldNotBeLookedAt) {
  Probe probe = healthy_host();
  probe.not_looked = {"opening the device nodes: no answer within 10 s"};
  EXPECT_THAT(render_text(diagnose(probe), false), HasSubstr("Not looked at:\n  opening the device nodes"));
}

TEST(DoctorJson, FindingsHaveEveryField) {
  const nlohmann::json json = to_json(diagnose(host_without_gpu()));
  EXPECT_EQ(json["schema_version"], 1);
  ASSERT_FALSE(json["findings"].empty());
  for (const auto& finding : json["findings"]) {
    for (const char* key : {"id", "severity", "summary", "cause", "evidence", "fix"})
      EXPECT_TRUE(finding.contains(key));
  }
}

}  // namespace
}  // namespace cuparity
