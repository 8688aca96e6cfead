#include "harness/access/pick_modes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/errors.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;

TEST(PickModes, TakesTheFirstContainerModeThatWorksAndSaysWhyNotTheOthers) {
  std::vector<std::string> tried;
  const auto modes = pick_modes(true, [&](const AccessMode& mode) -> std::string {
    tried.push_back(mode.text);
    return mode.text == "docker:manual" ? "" : "no toolkit";
  });
  ASSERT_EQ(modes.size(), 2u);
  EXPECT_EQ(modes[0].mode.text, "native");
  EXPECT_EQ(modes[1].mode.text, "docker:manual");
  EXPECT_THAT(modes[1].reason, HasSubstr("docker:--gpus=all does not work: no toolkit"));
  EXPECT_THAT(tried, testing::ElementsAre("docker:--gpus=all", "docker:--device=nvidia.com/gpu=all",
                                          "docker:manual"));
}

TEST(PickModes, WithoutAGpuAsksForNone) {
  const auto modes = pick_modes(false, [](const AccessMode& mode) -> std::string {
    EXPECT_EQ(mode.request, RequestKind::none);
    return mode.engine == EngineKind::docker ? "docker is not installed" : "";
  });
  EXPECT_EQ(modes[1].mode.text, "podman:none");
}

TEST(PickModes, SaysWhatToInstallWhereNothingWorks) {
  try {
    pick_modes(false, [](const AccessMode&) { return std::string("not installed"); });
    FAIL();
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("docker:none does not work: not installed; podman:none does not work"));
    EXPECT_THAT(error.what(), HasSubstr("./scripts/quickstart"));
  }
}

}  // namespace
}  // namespace cuparity
