// Engines that can't be run on every machine, by what they answered: recorded_engines.json names the source of each. What
// is read from the answers, and what the doctor finds where all else is well.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "harness/doctor/checks/example_probe.hpp"
#include "harness/doctor/diagnose.hpp"
#include "harness/doctor/gather_fixture.hpp"
#include "harness/record/json_fields.hpp"

namespace cuparity {
namespace {

class RecordedEngine : public GatherFixture, public testing::WithParamInterface<nlohmann::json> {};

TEST_P(RecordedEngine, IsReadAndJudged) {
  for (const std::string program : GetParam()["programs"]) install(program);
  for (const auto& [start, output] : GetParam()["outputs"].items()) answers_.push_back({start, {0, false, output}});
  gather_engines(sources_, probe_);
  const nlohmann::json& wanted = GetParam()["engines"];
  ASSERT_EQ(probe_.engines.size(), wanted.size());
  const nlohmann::json seen = to_json(probe_)["engines"];
  for (std::size_t i = 0; i < wanted.size(); ++i)
    for (const auto& [field, value] : wanted[i].items()) EXPECT_EQ(seen[i][field], value) << field;

  Probe host = healthy_host();
  host.engines = probe_.engines;
  host.access.clear();
  std::vector<std::string> ids;
  for (const Finding& finding : diagnose(host).findings) ids.push_back(finding.id);
  for (const std::string id : GetParam()["findings"]) EXPECT_THAT(ids, testing::Contains(id));
  for (const std::string& id : GetParam().value("not", std::vector<std::string>{}))
    EXPECT_THAT(ids, testing::Not(testing::Contains(id)));
}

std::vector<nlohmann::json> recorded_engines() {
  return read_json_file(CUPARITY_RECORDED_ENGINES).get<std::vector<nlohmann::json>>();
}

INSTANTIATE_TEST_SUITE_P(Answers, RecordedEngine, testing::ValuesIn(recorded_engines()),
                         [](const testing::TestParamInfo<nlohmann::json>& test) {
                           return test.param["name"].get<std::string>();
                         });

class RecordedImageAnswer : public GatherFixture, public testing::WithParamInterface<nlohmann::json> {};

TEST_P(RecordedImageAnswer, IsReadAndItsAbsenceToo) {
  const std::string engine = GetParam()["name"].get<std::string>().starts_with("podman") ? "podman" : "docker";
  probe_.engines.emplace_back().name = engine;
  probe_.engines[0].answers = true;
  const std::string question = engine + " image inspect --format {{.Id}} {{json .Config}} cuparity:test";
  answers_ = {{question, {0, false, GetParam()["config"]}}};
  gather_images(sources_, probe_);
  answers_ = {{question, {1, false, GetParam()["absent"]}}};
  gather_images(sources_, probe_);
  ASSERT_EQ(probe_.images.size(), 2U);
  EXPECT_TRUE(probe_.images[0].present);
  EXPECT_EQ(probe_.images[0].id.substr(probe_.images[0].id.find(':') + 1), GetParam()["id"].get<std::string>().substr(7));
  EXPECT_EQ(probe_.images[0].variables, (GetParam()["variables"].get<std::map<std::string, std::string>>()));
  EXPECT_FALSE(probe_.images[1].present);
}

INSTANTIATE_TEST_SUITE_P(Answers, RecordedImageAnswer,
                         testing::ValuesIn(read_json_file(CUPARITY_RECORDED_IMAGES).get<std::vector<nlohmann::json>>()),
                         [](const testing::TestParamInfo<nlohmann::json>& test) {
                           return test.param["name"].get<std::string>();
                         });

}  // namespace
}  // namespace cuparity
