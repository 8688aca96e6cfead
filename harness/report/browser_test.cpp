// The golden page in a real browser, headless and offline: no console error, the verdict is there, the
// script ran. Skips loudly where no Chromium is installed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/engine/process.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string chromium() {
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"}) {
    for (const char* folder : {"/usr/bin/", "/usr/local/bin/", "/snap/bin/"}) {
      if (access((std::string(folder) + name).c_str(), X_OK) == 0) return std::string(folder) + name;
    }
  }
  return "";
}

class Browser : public testing::Test {
 protected:
  void SetUp() override {
    program_ = chromium();
    if (program_.empty()) GTEST_SKIP() << "NOT TESTED: no Chromium here (apt-get install chromium)";
    folder_ = std::filesystem::temp_directory_path() / ("cuparity-browser-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }

  /// The page's DOM after its script ran; what the browser logged goes into `log_`.
  std::string dom(const std::filesystem::path& page) {
    const std::string dom_file = (folder_ / "dom.html").string();
    const std::string log_file = (folder_ / "log.txt").string();
    ChildProcess child;
    child.command = {
        "sh",
        "-c",
        "exec \"$0\" --headless --no-sandbox --disable-gpu --disable-background-networking --no-first-run "
        "--enable-logging=stderr --user-data-dir=\"$1\" --dump-dom \"$2\" >\"$3\" 2>\"$4\"",
        program_,
        (folder_ / "profile").string(),
        "file://" + page.string(),
        dom_file,
        log_file};
    child.time_limit = std::chrono::seconds(90);
    const ProcessResult result = run_process(child);
    EXPECT_EQ(result.exit_code, 0) << read(log_file);
    log_ = read(log_file);
    return read(dom_file);
  }

  static std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  std::string program_;
  std::string log_;
  std::filesystem::path folder_;
};

const std::filesystem::path golden = std::filesystem::path(CUPARITY_GOLDEN_FOLDER) / "report.html";

TEST_F(Browser, GoldenPageLoadsWithoutAnError) {
  const std::string page = dom(golden);
  EXPECT_THAT(page, HasSubstr("docker:--gpus=all is slower than native in 1 of 7 benchmarks"));
  EXPECT_THAT(page, HasSubstr("14 of 14</output>"));  // written by the script
  EXPECT_THAT(log_, Not(HasSubstr("CONSOLE")));
}

TEST_F(Browser, EveryInteractionWorks) {
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
