#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "harness/report/example_run.hpp"
#include "harness/report/report.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::size_t comment_limit = 65'536;

TEST(Markdown, VerdictThenTable) {
  const Example example = example_run();
  const std::string text = render_markdown(example.run, example.analysis);
  EXPECT_THAT(text, StartsWith("### ❌ docker:--gpus=all is slower than native"));
  EXPECT_LT(text.find("| benchmark |"), text.find("<details"));
}

TEST(Markdown, FitsACommentHoweverManyRows) {
  const Example example = large_run(200, 9, 2);
  const std::string text = render_markdown(example.run, example.analysis);
  EXPECT_LT(text.size(), comment_limit);
  EXPECT_THAT(text, HasSubstr("more rows, in report.html"));
}

TEST(Markdown, RowsThatMatterAreNotTheOnesLeftOut) {
  Example example = large_run(2000, 2, 1);
  example.analysis.comparisons.back().verdict = Verdict::slower;
  EXPECT_THAT(render_markdown(example.run, example.analysis), HasSubstr("❌ slower"));
}

TEST(Markdown, HostileNamesAreText) {
  const Example example = hostile_run();
  const std::string text = render_markdown(example.run, example.analysis);
  EXPECT_LT(text.size(), comment_limit);
  std::istringstream lines(text);
  int rows = 0;
  for (std::string line; std::getline(lines, line);) {
    // Outside of code spans nothing of the name is HTML; in a table's row every bar of it is escaped.
    if (!line.starts_with("| `x")) continue;
    ++rows;
    std::size_t bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i) bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\');
    EXPECT_EQ(bars, 9U) << line.substr(0, 300);
  }
  EXPECT_EQ(rows, 14);
  const std::string heading = text.substr(0, text.find('\n'));
  EXPECT_THAT(heading, Not(HasSubstr("<script>")));
  EXPECT_THAT(heading, Not(HasSubstr("@everyone")));
}

TEST(Markdown, EmptyRun) {
  EXPECT_THAT(render_markdown(Example{}.run, Analysis{}), HasSubstr("Nothing was compared."));
}

TEST(Markdown, OneModeAlone) {
  Example example = example_run();
  example.run.modes = {"native"};
  std::erase_if(example.run.trials, [](const Trial& trial) { return trial.mode != "native"; });
  EXPECT_THAT(render_markdown(example.run, Analysis{}), HasSubstr("| `launch/submit` | `native` |"));
}

}  // namespace
}  // namespace cuparity
