#include "harness/publish/svg_trend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/property_tree/xml_parser.hpp>
#include <sstream>

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Example {
  std::vector<RunSummary> runs;
  std::vector<MeasuredSeries> series;
  MachineTrend trend;
};

/// `values` in seconds, one a run.
void fill(Example& example, const std::vector<double>& values) {
  example.runs.resize(values.size());
  example.series.resize(values.size());
  example.trend.machine = "GPU <x>";
  example.trend.lines = {{"docker:\"a\"&b", {}}};
  for (std::size_t i = 0; i < values.size(); ++i) {
    example.runs[i].id = "run-" + std::to_string(i);
    example.runs[i].started_at = "2026-01-01T00:00:00Z";
    example.series[i].mode = example.trend.lines[0].mode;
    example.series[i].median_seconds = values[i];
    example.trend.runs.push_back(&example.runs[i]);
    example.trend.lines[0].points.push_back({i, &example.series[i]});
  }
}

void expect_xml(const std::string& svg) {
  std::istringstream stream(svg);
  boost::property_tree::ptree tree;
  EXPECT_NO_THROW(read_xml(stream, tree)) << svg;
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
}

TEST(SvgTrend, AnyNumberOfRunsIsAPicture) {
  for (const std::vector<double>& values :
       {std::vector<double>{1}, {1, 1}, {1, 1, 1, 1, 1}, {1e-9, 1e9}, std::vector<double>(400, 0.5)}) {
    Example example;
    fill(example, values);
    const std::string svg = svg_trend(example.trend, "../");
    expect_xml(svg);
    expect_xml(svg_sparkline(example.trend));
    EXPECT_THAT(svg, HasSubstr("../runs/run-0/index.html"));
    EXPECT_THAT(svg, HasSubstr("docker:&quot;a&quot;&amp;b"));
  }
}

TEST(SvgTrend, ALineIsBrokenWhereTheDriverChanged) {
  Example example;
  fill(example, {1, 2, 1, 2});
  const auto jumps = [&] {
    const std::string svg = svg_sparkline(example.trend);
    const std::string path = svg.substr(svg.find("d=\""), svg.find("\"/>") - svg.find("d=\""));
    return std::count(path.begin(), path.end(), 'M');
  };
  EXPECT_EQ(jumps(), 1);
  example.trend.marks = {{2, "driver <2>"}};
  EXPECT_EQ(jumps(), 2);
  EXPECT_THAT(svg_trend(example.trend, ""), HasSubstr("driver &lt;2&gt;"));
}

TEST(SvgTrend, AChangeSaysHowMuch) {
  Example example;
  fill(example, {1, 1, 1, 1.1, 1.1, 1.1});
  example.trend.changes = {{example.trend.lines[0].mode, 3, 0.1, 0.001}};
  EXPECT_THAT(svg_trend(example.trend, ""), HasSubstr("10 % slower"));
}

}  // namespace
}  // namespace cuparity
