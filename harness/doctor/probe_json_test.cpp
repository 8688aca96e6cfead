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
}

TEST(ProbeJson, NamesTheMemberOfAWrongType) {
  const auto error_with = [](const char* pointer, const nlohmann::json& value) {
    return [=] {
      nlohmann::json json = to_json(healthy_host());
      json[nlohmann::json::json_pointer(pointer)] = value;
      probe_from_json(json);
    };
  };
  const auto says = [](const std::string& what) {
    return testing::ThrowsMessage<UsageError>(testing::AllOf(
        testing::HasSubstr("its " + what), testing::Not(testing::HasSubstr("json.exception"))));
  };
  EXPECT_THAT(error_with("/engines", "docker"), says("'engines' is not what cuparity doctor writes: expected array"));
  EXPECT_THAT(error_with("/root", 1), says("'root' is not what cuparity doctor writes: expected boolean, found number"));
  EXPECT_THAT(error_with("/driver/nodes", "x"), says("'driver.nodes' is not what"));
  EXPECT_THAT(error_with("/engines/0/name", 1), says("'engines' is not what cuparity doctor writes: type must be string"));
}

}  // namespace
}  // namespace cuparity
