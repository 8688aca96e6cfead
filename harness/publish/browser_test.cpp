// A site in a real browser, headless, from a folder: no console error, every script runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/publish/example_site.hpp"
#include "harness/publish/publish.hpp"
#include "harness/report/headless_browser.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::Not;

class SitePages : public HeadlessBrowser {
 protected:
  void SetUp() override {
    HeadlessBrowser::SetUp();
    if (IsSkipped()) return;
    PublishOptions options;
    for (int day = 0; day < 30; ++day) {
      options.runs.push_back(write_run(folder_ / "in" / std::to_string(day), example_run_of_day(day)));
    }
    cuparity::Run hostile = hostile_run().run;
    hostile.started_at = "2025-12-31T00:00:00Z";
    options.runs.push_back(write_run(folder_ / "in/hostile", hostile));
    options.out = site_ = folder_ / "below" / "any path";
    publish(options);
  }

  std::string open(const std::string& page, const std::string& fragment = "") {
    const std::string seen = dom(site_ / page, fragment);
    EXPECT_THAT(log_, Not(HasSubstr("CONSOLE"))) << page;
    return seen;
  }

  std::filesystem::path site_;
};

TEST_F(SitePages, TheIndexListsAndCountsRuns) {
  EXPECT_THAT(open("index.html"), HasSubstr("31 of 31</output>"));
}

TEST_F(SitePages, TrendsAreDrawn) {
  EXPECT_THAT(open("trends/index.html"), HasSubstr("</output>"));
  for (const auto& entry : std::filesystem::directory_iterator(site_ / "trends")) {
    const std::string name = entry.path().filename();
    if (!name.starts_with("gemm-cublaslt") || entry.path().extension() != ".html") continue;
    const std::string page = open("trends/" + name);
    EXPECT_THAT(page, HasSubstr("<circle"));
    EXPECT_THAT(page, HasSubstr("faster from here on"));
  }
}

TEST_F(SitePages, ARunLeadsBack) {
  for (const auto& entry : std::filesystem::directory_iterator(site_ / "runs")) {
    const std::string page = open("runs/" + entry.path().filename().string() + "/index.html");
    EXPECT_THAT(page, HasSubstr("← All runs"));
    break;
  }
}

TEST_F(SitePages, TwoRunsAreCompared) {
  const std::string newest = open("compare/index.html");
  EXPECT_THAT(newest, HasSubstr("class=\"estimate\""));
  EXPECT_THAT(newest, HasSubstr(">7</span>"));  // benchmarks in common
  EXPECT_THAT(newest, HasSubstr("not interleaved"));
}

TEST_F(SitePages, TheAddressChoosesRunsAndModes) {
  std::string first, last;
  for (const auto& entry : std::filesystem::directory_iterator(site_ / "runs")) {
    const std::string id = entry.path().filename();
    if (id.starts_with("20260101")) first = id;
    if (id.starts_with("20260124")) last = id;
  }
  const std::string page = open("compare/index.html", "#a=" + first + "&b=" + last + "&ma=docker:--gpus%3Dall&mb=docker:--gpus%3Dall");
  EXPECT_THAT(page, HasSubstr("−3.0"));  // the container's GEMM was mended in between
  EXPECT_THAT(page, Not(HasSubstr("no benchmark in common")));
}

TEST_F(SitePages, HostileNamesDoNothing) {
  std::string id;
  for (const auto& entry : std::filesystem::directory_iterator(site_ / "runs")) {
    if (entry.path().filename().string().starts_with("20251231")) id = entry.path().filename();
  }
  EXPECT_THAT(open("compare/index.html", "#a=" + id + "&b=" + id), HasSubstr("alert(1)"));
  open("runs/" + id + "/index.html");
}

}  // namespace
}  // namespace cuparity
