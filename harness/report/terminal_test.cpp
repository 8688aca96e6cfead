#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "harness/report/example_run.hpp"
#include "harness/report/report.hpp"
#include "harness/report/text.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(Terminal, TheVerdictComesFirst) {
  const Example example = example_run();
  EXPECT_THAT(render_terminal(example.run, example.analysis, false), StartsWith(example.analysis.sentence));
}

TEST(Terminal, EscapesOnlyWhereColourWasAskedFor) {
  const Example example = example_run();
  EXPECT_THAT(render_terminal(example.run, example.analysis, false), Not(HasSubstr("\x1b")));
  EXPECT_THAT(render_terminal(example.run, example.analysis, true), HasSubstr("\x1b[31m"));
}

TEST(Terminal, ColumnsAlignAndFit) {
  const Example example = example_run();
  std::istringstream lines(render_terminal(example.run, example.analysis, false));
  std::size_t verdict_column = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("benchmark")) verdict_column = display_width(line.substr(0, line.find("verdict")));
    if (line.starts_with("bandwidth/triad")) {
      EXPECT_EQ(display_width(line.substr(0, line.find("same"))), verdict_column);
    }
  }
  EXPECT_GT(verdict_column, 0U);
  EXPECT_LE(verdict_column, 125U);
}

TEST(Terminal, HostileNamesCannotMoveTheCursorOrFillTheScreen) {
  const Example example = hostile_run();
  const std::string text = render_terminal(example.run, example.analysis, false);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\xE2\x80\xAE")));
  EXPECT_EQ(clean_text(text).find("\uFFFD[31m") != std::string::npos, true);
}

TEST(Terminal, EmptyRun) {
  const std::string text = render_terminal(Example{}.run, Analysis{}, false);
  EXPECT_THAT(text, StartsWith("Nothing was compared."));
}

TEST(Terminal, AllSkipped) {
  Example example = example_run();
  example.analysis = {};
  for (Trial& trial : example.run.trials) {
    for (Row& row : trial.rows) {
      row.state = RowState::skipped;
      row.message = "no CUDA device";
    }
  }
  EXPECT_THAT(render_terminal(example.run, example.analysis, false),
              HasSubstr("no CUDA device: bandwidth/triad"));
}

}  // namespace
}  // namespace cuparity
