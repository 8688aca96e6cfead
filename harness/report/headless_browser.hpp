// For tests: pages in a real browser, headless and offline.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "harness/engine/process.hpp"

namespace cuparity {

inline std::string chromium() {
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"}) {
    for (const char* folder : {"/usr/bin/", "/usr/local/bin/", "/snap/bin/"}) {
      if (access((std::string(folder) + name).c_str(), X_OK) == 0) return std::string(folder) + name;
    }
  }
  return "";
}

/// Skips loudly where no Chromium is installed.
class HeadlessBrowser : public testing::Test {
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

  /// The DOM of the page (at "#…", where given) after its scripts ran; what the browser logged goes into `log_`.
  std::string dom(const std::filesystem::path& page, const std::string& fragment = "") {
    const std::string dom_file = (folder_ / "dom.html").string();
    const std::string log_file = (folder_ / "log.txt").string();
    ChildProcess child;
    child.command = {
        "sh",
        "-c",
        "exec \"$0\" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
        "--disable-background-networking --disable-component-update --disable-sync "
        "--enable-logging=stderr --user-data-dir=\"$1\" --dump-dom \"$2\" >\"$3\" 2>\"$4\"",
        program_,
        (folder_ / "profile").string(),
        "file://" + page.string() + fragment,
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

}  // namespace cuparity
