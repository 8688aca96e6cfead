// The Compose file of every row, read by a YAML parser.
#include "harness/access/compose_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "harness/access/access_probe.hpp"
#include "harness/access/access_rows.hpp"

namespace cuparity {
namespace {

using testing::Contains;
using testing::ElementsAre;

AccessHost two_gpus() {
  AccessHost host;
  host.gpus = {{0, "GPU-a", "00000000:01:00.0", 0, {}}, {1, "GPU-b", "00000000:02:00.0", 1, {}}};
  return host;
}

YAML::Node file_of(const std::string& service_yaml) {
  ProcessRequest request = probe_request("/host/probe: folder", true, "/host/out", {"--gpu", "GPU-a,0:1,0"});
  return YAML::Load(compose_yaml("localhost/any:latest", service_yaml, request, "/out"));
}

std::vector<std::string> texts(const YAML::Node& list) { return list.as<std::vector<std::string>>(); }

TEST(ComposeYaml, EveryRowIsAFileThatStartsTheProbe) {
  int rows = 0;
  for (const AccessRequest& row : access_requests("compose", two_gpus())) {
    SCOPED_TRACE(row.name);
    ASSERT_EQ(row.obstacle, "");
    const YAML::Node probe = file_of(row.compose)["services"]["probe"];
    EXPECT_EQ(probe["image"].as<std::string>(), "localhost/any:latest");
    EXPECT_EQ(probe["network_mode"].as<std::string>(), "none");
    EXPECT_EQ(probe["user"].as<std::string>(), "0:0");
    EXPECT_THAT(texts(probe["entrypoint"]), ElementsAre("/cuparity-probe/cuparity-probe"));
    EXPECT_THAT(texts(probe["command"]), ElementsAre("--gpu", "GPU-a,0:1,0"));
    EXPECT_THAT(texts(probe["volumes"]), Contains("/host/probe: folder:/cuparity-probe:ro"));
    EXPECT_THAT(texts(probe["volumes"]), Contains("/host/out:/out"));
    ++rows;
  }
  EXPECT_GE(rows, 10);
}

YAML::Node device_of(const YAML::Node& file) {
  return file["services"]["probe"]["deploy"]["resources"]["reservations"]["devices"][0];
}

TEST(ComposeYaml, AsksForTheGpuInBothSpellings) {
  for (const AccessRequest& row : access_requests("compose", two_gpus())) {
    const YAML::Node file = file_of(row.compose);
    const YAML::Node probe = file["services"]["probe"];
    if (row.name == "deploy, count all") {
      EXPECT_EQ(device_of(file)["count"].as<std::string>(), "all");
      EXPECT_THAT(texts(device_of(file)["capabilities"]), ElementsAre("gpu"));
    } else if (row.name == "deploy, device_ids") {
      EXPECT_THAT(texts(device_of(file)["device_ids"]), ElementsAre("1"));
    } else if (row.name == "gpus: all") {
      EXPECT_EQ(probe["gpus"].as<std::string>(), "all");
    } else if (row.name == "devices: CDI") {
      EXPECT_THAT(texts(probe["devices"]), ElementsAre("nvidia.com/gpu=0"));
    } else if (row.name == "runtime nvidia") {
      EXPECT_EQ(probe["runtime"].as<std::string>(), "nvidia");
      EXPECT_EQ(probe["environment"]["NVIDIA_VISIBLE_DEVICES"].as<std::string>(), "0");
    } else if (row.name == "privileged") {
      EXPECT_TRUE(probe["privileged"].as<bool>());
    } else if (row.name == "no request") {
      EXPECT_FALSE(probe["deploy"].IsDefined() || probe["gpus"].IsDefined() || probe["devices"].IsDefined());
    }
  }
}

TEST(ComposeYaml, Compose1TakesReservationsFromVersion3AndRuntimeFromVersion2) {
  EXPECT_EQ(file_of("deploy: {}")["version"].as<std::string>(), "3.8");
  EXPECT_EQ(file_of("runtime: nvidia")["version"].as<std::string>(), "2.4");
}

}  // namespace
}  // namespace cuparity
