#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/property_tree/xml_parser.hpp>
#include <sstream>

#include "harness/publish/example_site.hpp"
#include "harness/publish/pages.hpp"

namespace cuparity {
namespace {

boost::property_tree::ptree parsed(const std::string& xml) {
  std::istringstream stream(xml);
  boost::property_tree::ptree tree;
  read_xml(stream, tree);
  return tree.get_child("feed");
}

std::vector<RunSummary> summaries(int days) {
  std::vector<RunSummary> runs;
  for (int day = 0; day < days; ++day) {
    const cuparity::Run run = example_run_of_day(day);
    runs.push_back(summarise(run, analyse(run), run_id(run.started_at, run.seed, 1)));
  }
  sort_newest_first(runs);
  return runs;
}

TEST(Feed, HoldsWhatAtomAsksFor) {
  const auto feed = parsed(render_feed(summaries(3), "Title <&>", "https://example.org/x/"));
  EXPECT_EQ(feed.get<std::string>("title"), "Title <&>");
  EXPECT_EQ(feed.get<std::string>("updated"), "2026-01-03T04:08:30Z");
  EXPECT_EQ(feed.count("entry"), 3U);
  const auto& entry = feed.get_child("entry");
  EXPECT_THAT(entry.get<std::string>("id"), testing::StartsWith("urn:uuid:"));
  EXPECT_EQ(entry.get<std::string>("updated"), "2026-01-03T04:08:30Z");
  EXPECT_THAT(entry.get<std::string>("link.<xmlattr>.href"), testing::StartsWith("https://example.org/x/runs/20260103"));
}

TEST(Feed, OnlyTheNewestRuns) { EXPECT_EQ(parsed(render_feed(summaries(60), "x", "")).count("entry"), 50U); }

TEST(Feed, ATimeThatIsNoneIsNotWritten) {
  std::vector<RunSummary> runs = summaries(1);
  runs[0].started_at = runs[0].finished_at = "<yesterday>";
  EXPECT_EQ(parsed(render_feed(runs, "x", "")).get<std::string>("entry.updated"), "1970-01-01T00:00:00Z");
}

}  // namespace
}  // namespace cuparity
