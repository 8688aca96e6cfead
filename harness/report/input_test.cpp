// The report under a person's hands: a real browser's own mouse and keyboard events, by WebDriver. Skips loudly where
// Chromium or chromedriver is not installed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>

#include "harness/report/example_run.hpp"
#include "harness/report/headless_browser.hpp"
#include "harness/report/report.hpp"
#include "harness/report/web_driver.hpp"

namespace cuparity {
namespace {

using testing::AnyOf;
using testing::Eq;

class ReportInput : public HeadlessBrowser {
 protected:
  void SetUp() override {
    HeadlessBrowser::SetUp();
    if (IsSkipped()) return;
    if (chromedriver().empty()) GTEST_SKIP() << "NOT TESTED: no chromedriver here (apt-get install chromium-driver)";
    const Example example = example_run();
    std::ofstream(folder_ / "report.html", std::ios::binary) << render_html(example.run, example.analysis);
    browser_ = std::make_unique<WebDriver>(program_, folder_);
    browser_->open(folder_ / "report.html");
  }
  void TearDown() override {
    if (browser_) {
      EXPECT_EQ(browser_->console(), nlohmann::json::array()) << "nothing is logged";
      browser_.reset();
    }
    HeadlessBrowser::TearDown();
  }

  int count(const std::string& selector) {
    return browser_->value("document.querySelectorAll(" + nlohmann::json(selector).dump() + ").length").get<int>();
  }
  std::string first_row() { return browser_->value("document.querySelector('.row').dataset.name").get<std::string>(); }
  std::string focused() {
    return browser_->value("document.activeElement.id || document.activeElement.textContent.trim()").get<std::string>();
  }

  std::unique_ptr<WebDriver> browser_;
};

TEST_F(ReportInput, AClickOpensARowAndAnotherClosesIt) {
  browser_->click(".row:nth-child(3) .open");
  EXPECT_EQ(count(".details"), 1);
  EXPECT_EQ(count(".details .blocks tbody tr"), 8);
  browser_->click(".row:nth-child(3) .open");
  EXPECT_EQ(count(".details"), 0);
  browser_->click(".row:nth-child(3) td.effect");  // anywhere in the row
  EXPECT_EQ(count(".details"), 1);
}

TEST_F(ReportInput, TheKeyboardAloneDoesEverything) {
  browser_->press("/");
  EXPECT_EQ(focused(), "filter-name");
  browser_->type("#filter-name", "gemm");
  EXPECT_EQ(browser_->text("#shown"), "4 of 14");
  for (int i = 0; i < 30 && focused() != "gemm/cublaslt/bf16/8192"; ++i) browser_->press(key::tab);
  ASSERT_EQ(focused(), "gemm/cublaslt/bf16/8192") << "reached with Tab";
  browser_->press(key::down);
  EXPECT_EQ(focused(), "gemm/own/fp32/4096") << "what is filtered out is passed over";
  browser_->press(key::up);
  browser_->press(key::enter);
  EXPECT_EQ(count(".details"), 1);
  browser_->press(key::escape);
  EXPECT_EQ(count(".details"), 0);
  EXPECT_EQ(focused(), "gemm/cublaslt/bf16/8192");
}

TEST_F(ReportInput, AClickSorts) {
  browser_->click("[data-sort=effect]");
  EXPECT_EQ(first_row(), "startup/cuinit");
  browser_->click("[data-sort=effect]");
  EXPECT_EQ(first_row(), "gemm/cublaslt/bf16/8192");
  browser_->click("[data-sort=name]");
  EXPECT_EQ(first_row(), "bandwidth/h2d_pinned/256MiB");
}

TEST_F(ReportInput, VerdictsAndModesFilter) {
  browser_->click("[data-only=slower]");
  EXPECT_EQ(browser_->text("#shown"), "2 of 14");
  browser_->type("#filter-mode", "docker:manual");
  EXPECT_EQ(browser_->text("#shown"), "1 of 14");
  browser_->click("[data-only=slower]");
  EXPECT_EQ(browser_->text("#shown"), "7 of 14");
}

TEST_F(ReportInput, WhyIsFoldedAndItsCommandCopied) {
  browser_->click("#why > details > summary");
  EXPECT_EQ(count("#why > details[open]"), 1);
  browser_->click("#why > details > summary");
  EXPECT_EQ(count("#why > details[open]"), 2);
  browser_->click("#why .copy");
  EXPECT_THAT(browser_->text("#why .copy"), AnyOf(Eq("Copied"), Eq("Selected")));
}

TEST_F(ReportInput, SwitchesOfEnvironmentChartsAndColours) {
  browser_->click("#differences-only");
  EXPECT_EQ(count("#environment.only-differences"), 1);
  browser_->click("#telemetry-legend label:first-child");
  EXPECT_EQ(browser_->value("Chart.getChart(document.querySelector('#telemetry-charts canvas'))"
                            ".data.datasets.filter((one) => one.hidden).length"),
            1);
  browser_->type("#theme", "dark");
  EXPECT_EQ(browser_->value("document.documentElement.dataset.theme"), "dark");
}

}  // namespace
}  // namespace cuparity
