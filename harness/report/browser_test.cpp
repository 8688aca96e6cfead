// The golden page in a real browser, headless and offline: no console error, the verdict is there, the
// script ran. Skips loudly where no Chromium is installed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "harness/report/headless_browser.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::Not;

class ReportPage : public HeadlessBrowser {};

const std::filesystem::path golden = std::filesystem::path(CUPARITY_GOLDEN_FOLDER) / "report.html";

TEST_F(ReportPage, GoldenPageLoadsWithoutAnError) {
  const std::string page = dom(golden);
  EXPECT_THAT(page, HasSubstr("docker:--gpus=all is slower than native in 1 of 7 benchmarks"));
  EXPECT_THAT(page, HasSubstr("14 of 14</output>"));  // written by the script
  EXPECT_THAT(log_, Not(HasSubstr("CONSOLE")));
}

TEST_F(ReportPage, EveryInteractionWorks) {
  // The page drives itself: opens a row, sorts, filters, and writes down what it then sees.
  const std::string script = R"(<script>
    const seen = [];
    document.querySelector('.open').click();
    const details = document.querySelector('.details');
    seen.push('charts=' + details.querySelectorAll('svg.chart').length);
    seen.push('blocks=' + details.querySelectorAll('details tbody tr').length);
    seen.push('bits=' + details.textContent.includes('yes: a3c1f00ddeadbe01'));
    document.querySelector('[data-sort=effect]').click();
    seen.push('first=' + document.querySelector('.row').dataset.name);
    document.querySelector('[data-sort=effect]').click();
    seen.push('last=' + document.querySelector('.row').dataset.name);
    const filter = document.getElementById('filter-name');
    filter.value = 'gemm BF16';
    filter.dispatchEvent(new Event('input', {bubbles: true}));
    seen.push('shown=' + document.getElementById('shown').textContent);
    document.getElementById('differences-only').click();
    seen.push('only=' + document.getElementById('environment').classList.contains('only-differences'));
    document.querySelector('.open[aria-expanded=true]').click();
    seen.push('left=' + document.querySelectorAll('.details').length);
    document.body.append(Object.assign(document.createElement('pre'), {id: 'seen', textContent: seen.join(';')}));
  </script></body>)";
  std::string page = read(golden);
  page.replace(page.rfind("</body>"), 7, script);
  const std::filesystem::path copy = folder_ / "driven.html";
  std::ofstream(copy, std::ios::binary) << page;
  const std::string seen = dom(copy);
  EXPECT_THAT(seen, HasSubstr("charts=2;blocks=8;bits=true;first=startup/cuinit;last=gemm/cublaslt/bf16/8192;"
                              "shown=2 of 14;only=true;left=0</pre>"));
  EXPECT_THAT(log_, Not(HasSubstr("CONSOLE")));
}

}  // namespace
}  // namespace cuparity
