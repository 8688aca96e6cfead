// The largest report that has to be comfortable: 200 benchmarks, 8 modes, 24 blocks. Prints how long Chromium takes
// to open it; a time is no verdict of a test, docs/report.md has what was measured.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "harness/report/example_run.hpp"
#include "harness/report/headless_browser.hpp"
#include "harness/report/report.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::Not;

class LargeReport : public HeadlessBrowser {};

TEST_F(LargeReport, Opens) {
  const Example example = large_run(200, 8, 24);
  std::string page = render_html(example.run, example.analysis);
  std::cout << "size: " << static_cast<double>(page.size()) / 1e6 << " MB\n";
  // In the load event, with the layout forced: all that stands between it and the reader is one frame's painting.
  page.insert(page.rfind("</body>"), R"(<script>
    addEventListener('load', () => {
      document.body.getBoundingClientRect();
      const ready = performance.now();
      document.querySelector('.open').click();
      dispatchEvent(new Event('beforeprint'));
      const opened = performance.now();
      const filter = document.getElementById('filter-name');
      filter.value = '1100';
      filter.dispatchEvent(new Event('input', {bubbles: true}));
      document.body.append(Object.assign(document.createElement('pre'), {textContent:
        `MEASURED ready ${Math.round(ready)} ms, a row opened ${Math.round(opened - ready)} ms later, ` +
        `filtered ${Math.round(performance.now() - opened)} ms later, ${document.getElementById('shown').textContent} END`}));
    });</script>)");
  const std::filesystem::path file = folder_ / "large.html";
  std::ofstream(file, std::ios::binary) << page;
  if (const char* kept = std::getenv("CUPARITY_KEEP_PAGE")) {
    std::filesystem::copy_file(file, kept, std::filesystem::copy_options::overwrite_existing);
  }
  for (int i = 0; i < 3; ++i) {
    const std::string seen = dom(file);
    const std::size_t begin = seen.rfind("<pre>MEASURED");
    ASSERT_NE(begin, std::string::npos);
    const std::string line = seen.substr(begin + 5, seen.find("END", begin) - begin - 5);
    std::cout << line << "\n";
    EXPECT_THAT(line, HasSubstr("7 of 1400"));
    EXPECT_THAT(log_, Not(HasSubstr("CONSOLE")));
  }
}

}  // namespace
}  // namespace cuparity
