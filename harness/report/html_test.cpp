#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "harness/report/example_run.hpp"
#include "harness/report/report.hpp"
#include "harness/report/report_data.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::Not;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++found;
  return found;
}

TEST(Html, LoadsNothing) {
  const Example example = example_run();
  // The chart library apart, which names addresses in its comments, but is under the same policy.
  const std::string page = render_html(example.run, example.analysis, "chart.js");
  for (const char* reference : {"src=\"http", "href=\"http", "url(", "@import", "fetch(", "XMLHttpRequest"}) {
    EXPECT_THAT(page, Not(HasSubstr(reference)));
  }
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  const std::string alone = render_html(example.run, example.analysis);
  EXPECT_THAT(alone, Not(HasSubstr("src=\"")));
  EXPECT_THAT(alone, Not(HasSubstr("script-src 'unsafe-inline' 'self'")));
  EXPECT_THAT(alone, HasSubstr("Chart.js v"));
}

TEST(Html, HostileNamesAreText) {
  const Example example = hostile_run();
  const std::string page = render_html(example.run, example.analysis, "chart.js");
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, Not(HasSubstr("\x1b")));
  EXPECT_THAT(page, Not(HasSubstr("\xE2\x80\xAE")));
  EXPECT_EQ(count(page, "</script>"), 5U);  // data: rows, start-up, telemetry; chart library; ours
  EXPECT_EQ(count(page, "<script"), 5U);
}

TEST(Html, DataHoldsWhatARowOpens) {
  const Example example = example_run();
  const nlohmann::json data = report_data(example.run, example.analysis);
  ASSERT_EQ(data["comparisons"].size(), 14U);
  EXPECT_EQ(data["comparisons"][0]["differences"].size(), 8U);
  const auto& native = data["measured"]["native"]["gemm/cublaslt/bf16/8192/manual_time"];
  EXPECT_EQ(native["processes"].size(), 16U);
  EXPECT_EQ(native["processes"][0].size(), 8U);  // trial, block, seconds, five repetitions
  EXPECT_EQ(native["label"]["digest"], nlohmann::json::array({"a3c1f00ddeadbe01"}));
}

TEST(Html, ScriptSafeJsonCannotEndItsElement) {
  EXPECT_EQ(script_safe(nlohmann::json("</script><!--&\u2028")),
            R"("\u003c/script\u003e\u003c!--\u0026\u2028")");
}

TEST(Html, EmptyRun) {
  const std::string page = render_html(Example{}.run, Analysis{});
  EXPECT_THAT(page, HasSubstr("Nothing was compared."));
  EXPECT_THAT(page, Not(HasSubstr("<table")));
}

TEST(Html, AnInterruptedRunSaysSo) {
  Example example = example_run();
  example.run.finished_at.clear();
  EXPECT_THAT(render_html(example.run, example.analysis), HasSubstr("interrupted: 8 of 8 blocks had begun"));
}

TEST(Html, TwoHundredBenchmarks) {
  const Example example = large_run(200, 9, 24);
  const auto start = std::chrono::steady_clock::now();
  const std::string page = render_html(example.run, example.analysis);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
  EXPECT_EQ(count(page, "class=\"open\""), 1600U);
  EXPECT_LT(page.size(), 20'000'000U);
}

TEST(Html, ATimeTooSmallForADoubleIsShown) {
  Example example = example_run();
  for (Trial& trial : example.run.trials)
    for (Row& row : trial.rows) row.repetitions.assign(row.repetitions.size(), 1e-320);
  EXPECT_NO_THROW(render_html(example.run, example.analysis));
}

TEST(Html, TheBadgeSaysWhatTheSentenceDoes) {
  Example example = example_run();
  example.analysis.wrong = {"native: test failed: Numerics/Gemm"};
  for (const Verdict verdict : {Verdict::same, Verdict::slower, Verdict::invalid}) {
    example.analysis.verdict = verdict;
    EXPECT_THAT(render_html(example.run, example.analysis), HasSubstr("<p class=\"badge\">wrong</p>"));
  }
}

}  // namespace
}  // namespace cuparity
