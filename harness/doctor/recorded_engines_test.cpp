// Engines that can't be run on every machine, by what they answered: recorded_engines.json names the source of each. What
// is read from the answers, and what the doctor finds where all else is well.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace cuparity
