#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/doctor/checks/example_probe.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

TEST(ProbeJson, ComesBackAsItWas) {
  for (const Probe& probe : {healthy_host(), host_without_gpu(), inside_container(), Probe{}}) {
    EXPECT_EQ(to_json(probe_from_json(to_json(probe))), to_json(probe));
  }
}

TEST(ProbeJson, MissingMembersKeepTheirDefaults) {
  const Probe probe =
      probe_from_json({{"driver", {{"module_loaded", true}}}, {"inside", nlohmann::json::object()}});
  EXPECT_TRUE(probe.driver.module_loaded);
  EXPECT_EQ(probe.cuda.device_count, -1);
  EXPECT_EQ(probe.nvml.outcome, "not looked");
}

TEST(ProbeJson, RefusesWhatItIsNot) {
  EXPECT_THROW(probe_from_json({{"benchmarks", nlohmann::json::array()}}), UsageError);
  EXPECT_THROW(probe_from_json(nlohmann::json::array()), UsageError);
  nlohmann::json newer = to_json(Probe{});
  newer["schema_version"] = probe_schema_version + 1;
  EXPECT_THROW(probe_from_json(newer), UsageError);
  nlohmann::json wrong = to_json(Probe{});
  wrong["engines"] = "docker";
  try {
    probe_from_json(wrong);
    FAIL() << "nothing was thrown";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("'engines'"));
  }
}

}  // namespace
}  // namespace cuparity
