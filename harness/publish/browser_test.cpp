// A site in a real browser, headless, from a folder: no console error, every script runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/publish/example_site.hpp"
#include "harness/publish/publish.hpp"
#include "harness/report/headless_browser.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class SitePages : public HeadlessBrowser {
 protected:
  /// One site for all tests: 30 days, and a run that tries everything.
  static void SetUpTestSuite() {
    if (chromium().empty()) return;
    PublishOptions options;
    for (int day = 0; day < 30; ++day) {
      options.runs.push_back(write_run(all() / "in" / std::to_string(day), example_run_of_day(day)));
    }
    cuparity::Run hostile = hostile_run().run;
    hostile.started_at = "2025-12-31T00:00:00Z";
    options.runs.push_back(write_run(all() / "in/hostile", hostile));
    options.runs.push_back(write_run(all() / "in/clock", run_at_clock(2e9, "2025-12-01T00:00:00Z")));
    options.runs.push_back(write_run(all() / "in/low-clock", run_at_clock(1.6e9, "2025-12-02T00:00:00Z")));
    options.out = site();
    publish(options);
  }
  static void TearDownTestSuite() { fs::remove_all(all()); }

  static fs::path all() { return fs::temp_directory_path() / ("cuparity-site-" + std::to_string(getpid())); }
  static fs::path site() { return all() / "below" / "any path"; }

  /// One whose GEMM counts its cycles: the same at any clock.
  static cuparity::Run run_at_clock(double hertz, const std::string& started_at) {
    cuparity::Run run = example_run_of_day(0);
    run.started_at = started_at;
    run.per_clock = {"^gemm/"};
    for (Trial& trial : run.trials) {
      trial.environment["gpu_uuid"] = "GPU-66666666-1111-2222-3333-444444444444";  // a trend of its own
      for (Row& row : trial.rows) {
        if (!row.benchmark.starts_with("gemm/")) continue;
        row.cycles = row.seconds * 2e9;
        row.seconds = *row.cycles / hertz;
        for (double& seconds : row.repetitions) seconds *= 2e9 / hertz;
      }
    }
    return run;
  }

  std::string open(const std::string& page, const std::string& fragment = "") {
    const std::string seen = dom(site() / page, fragment);
    EXPECT_THAT(log_, Not(HasSubstr("CONSOLE"))) << page;
    return seen;
  }

  /// The run that began on this day, YYYYMMDD.
  static std::string run_of(const std::string& day) {
    for (const auto& entry : fs::directory_iterator(site() / "runs")) {
      if (entry.path().filename().string().starts_with(day)) return entry.path().filename();
    }
    ADD_FAILURE() << "no run of " << day;
    return "";
  }

  /// The page with a script at its end that writes down what it sees.
  std::string driven(const std::string& page, const std::string& script) {
    std::string html = read(site() / page);
    // The page's policy allows files alone.
    std::ofstream(site() / "assets/driver.js", std::ios::binary) << script;
    html.replace(html.rfind("</body>"), 7, "<script src=\"../assets/driver.js\"></script></body>");
    const fs::path copy = fs::path(page).parent_path() / "driven.html";
    std::ofstream(site() / copy, std::ios::binary) << html;
    return open(copy);
  }
};

TEST_F(SitePages, TheIndexListsAndCountsRuns) {
  EXPECT_THAT(open("index.html"), HasSubstr("33 of 33</output>"));
}

TEST_F(SitePages, TrendsAreDrawnAndFiltered) {
  const std::string list = driven("trends/index.html", R"(
    const input = document.getElementById('filter');
    input.value = 'GEMM bf16 gpu-1';
    input.dispatchEvent(new Event('input'));)");
  EXPECT_THAT(list, HasSubstr("1 of "));
  int pages = 0;
  for (const auto& entry : fs::directory_iterator(site() / "trends")) {
    const std::string name = entry.path().filename();
    if (!name.starts_with("gemm-cublaslt-bf16") || entry.path().extension() != ".html") continue;
    const std::string page = open("trends/" + name);
    EXPECT_THAT(page, HasSubstr("<circle"));
    EXPECT_THAT(page, HasSubstr("faster from here on"));
    ++pages;
  }
  EXPECT_EQ(pages, 1);
}

TEST_F(SitePages, ARunLeadsBack) {
  EXPECT_THAT(open("runs/" + run_of("20260103") + "/index.html"), HasSubstr("← All runs"));
}

TEST_F(SitePages, TwoRunsAreCompared) {
  const std::string newest = open("compare/index.html");
  EXPECT_THAT(newest, HasSubstr("class=\"estimate\""));
  EXPECT_THAT(newest, HasSubstr(">7</span>"));  // benchmarks in common
  EXPECT_THAT(newest, HasSubstr("not interleaved"));
}

TEST_F(SitePages, TheAddressChoosesRunsAndModes) {
  const std::string mode = "docker:--gpus%3Dall";
  const std::string page = open("compare/index.html", "#a=" + run_of("20260101") + "&b=" + run_of("20260124") +
                                                          "&ma=" + mode + "&mb=" + mode);
  EXPECT_THAT(page, HasSubstr("−2.99 %"));  // the container's GEMM was mended in between
}

TEST_F(SitePages, GemmIsComparedPerClock) {
  const std::string page = open("compare/index.html", "#a=" + run_of("20251201") + "&b=" + run_of("20251202"));
  EXPECT_THAT(page, HasSubstr("±0.00 %</span><small>per clock; in time +25.0 %</small>"));
  EXPECT_THAT(page, Not(HasSubstr("+25.0 %</span>")));
}

TEST_F(SitePages, ChoosingAndSwappingIsFollowed) {
  // Acts while the load event is handled: the first comparison is there by then, and nothing has to be waited
  // for but what the page itself promised.
  const std::string page = driven("compare/index.html", R"(
    addEventListener('load', async () => {
      const get = (id) => document.getElementById(id);
      const settled = async () => { for (let i = 0; i < 50; ++i) await null; };
      const effect = () => [...get('effects').tBodies[0].rows]
        .find((row) => row.textContent.includes('startup/cuinit')).querySelector('.effect').textContent;
      const seen = [get('shown').textContent];
      get('mode-b').value = '1';
      get('mode-b').dispatchEvent(new Event('change'));
      get('run-a').value = get('run-b').value;
      get('run-a').dispatchEvent(new Event('change'));
      await settled();
      seen.push(effect());
      get('swap').click();
      await settled();
      seen.push(effect(), get('mode-a').selectedOptions[0].textContent, location.hash.includes('ma=docker'));
      document.body.append(Object.assign(document.createElement('pre'), {textContent: seen.join(';')}));
    });)");
  EXPECT_THAT(page, HasSubstr("7;−83.9 %;+522.7 %;docker:--gpus=all;true</pre>"));
}

TEST_F(SitePages, HostileNamesDoNothing) {
  const std::string id = run_of("20251231");
  EXPECT_THAT(open("compare/index.html", "#a=" + id + "&b=" + id), HasSubstr("alert(1)"));
  open("runs/" + id + "/index.html");
}

}  // namespace
}  // namespace cuparity
