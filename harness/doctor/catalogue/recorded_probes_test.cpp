// Every case that shows in a probe: a recorded probe, and the finding that must come of it. A case with a
// "text" has several causes by its words; the probe must put this one first.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/doctor/diagnose.hpp"
#include "harness/doctor/from_text.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/record/json_fields.hpp"

namespace cuparity {
namespace {

class RecordedProbe : public testing::TestWithParam<nlohmann::json> {};

/// A check that tells a known problem in words of its own hides the catalogue's.
TEST_P(RecordedProbe, EveryKnownProblemComesWithTheCataloguesFix) {
  const Probe probe = probe_from_json(GetParam()["probe"]);
  for (const Finding& finding : diagnose(probe).findings) {
    const KnownProblem* known = find_problem(finding.id);
    if (!known) continue;
    EXPECT_EQ(finding.check, known->check) << finding.id;
    EXPECT_THAT(finding.fix, testing::IsSupersetOf(known_finding(finding.id, finding.severity, "", &probe).fix)) << finding.id;
  }
}

TEST_P(RecordedProbe, ShowsTheCause) {
  const std::string id = GetParam()["id"];
  const Probe probe = probe_from_json(GetParam()["probe"]);
  if (GetParam().contains("text")) {
    const DoctorReport report = diagnose_text(GetParam()["text"], &probe);
    EXPECT_EQ(report.text["causes"].at(0), id) << report.text.dump();
    EXPECT_THAT(report.findings.at(0).evidence, testing::HasSubstr("this machine shows it"));
    EXPECT_EQ(report.findings.at(0).fix, known_finding(id, Severity::error, "", &probe).fix);
    return;
  }
  const DoctorReport report = diagnose(probe);
  const auto found = std::find_if(report.findings.begin(), report.findings.end(),
                                  [&](const Finding& finding) { return finding.id == id; });
  ASSERT_NE(found, report.findings.end()) << to_json(report)["findings"].dump(1);
  EXPECT_FALSE(found->evidence.empty());
  EXPECT_EQ(found->fix, known_finding(id, found->severity, "", &probe).fix);
  EXPECT_EQ(found->check, find_problem(id)->check);
  EXPECT_NE(static_cast<int>(found->severity), static_cast<int>(Severity::ok));
}

std::vector<nlohmann::json> recorded_probes() {
  return read_json_file(CUPARITY_RECORDED_PROBES).get<std::vector<nlohmann::json>>();
}

INSTANTIATE_TEST_SUITE_P(Catalogue, RecordedProbe, testing::ValuesIn(recorded_probes()),
                         [](const testing::TestParamInfo<nlohmann::json>& test) {
                           std::string name = test.param["id"];
                           std::replace(name.begin(), name.end(), '-', '_');
                           // A case may have a probe that shows it and one that settles a text.
                           return name + (test.param.contains("text") ? "_by_text" : "");
                         });

}  // namespace
}  // namespace cuparity
