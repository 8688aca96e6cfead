// Every report of one fixed run, byte by byte. After a wanted change make the files again:
//   CUPARITY_UPDATE_GOLDEN=1 build/…/report_test --gtest_filter='Golden.*', then read the diff.
#include <gtest/gtest.h>

#include "harness/golden_file.hpp"
#include "harness/record/run_json.hpp"
#include "harness/report/example_run.hpp"
#include "harness/report/report.hpp"

namespace cuparity {
namespace {

void compare_with_golden(const std::string& name, const std::string& text) {
  compare_with_golden_file(std::string(CUPARITY_GOLDEN_FOLDER) + "/" + name, text);
}

TEST(Golden, Terminal) {
  const Example example = example_run();
  compare_with_golden("report.txt", render_terminal(example.run, example.analysis, false));
}

TEST(Golden, Markdown) {
  const Example example = example_run();
  compare_with_golden("report.md", render_markdown(example.run, example.analysis));
}

TEST(Golden, Csv) {
  const Example example = example_run();
  compare_with_golden("report.csv", render_csv(example.run, example.analysis));
}

TEST(Golden, Junit) {
  const Example example = example_run();
  compare_with_golden("report.junit.xml", render_junit(example.run, example.analysis));
}

TEST(Golden, Json) {
  Example example = example_run();
  std::erase_if(example.run.trials, [](const Trial& trial) { return trial.block > 0; });  // the rest is alike
  compare_with_golden("run.json", to_json(example.run, example.analysis).dump(1) + "\n");
}

TEST(Golden, Html) {
  const Example example = example_run();
  // Without the chart library, which belongs to the system.
  compare_with_golden("report.html", render_html(example.run, example.analysis, "chart.js"));
}

}  // namespace
}  // namespace cuparity
