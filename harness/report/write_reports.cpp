#include <fmt/format.h>
#include <unistd.h>

#include "harness/record/run_json.hpp"
#include "harness/report/report.hpp"
#include "harness/whole_file.hpp"

namespace cuparity {

void write_reports(const std::filesystem::path& folder, const Run& run, const Analysis& analysis) {
  // What was measured first: should the disk fill up, the reports can be made again from it.
  const nlohmann::json json = to_json(run, analysis);
  const std::string elsewhere = fmt::format("cuparity report {} --out OTHER", folder.string());
  const std::string advice =
      !holds_run(folder) ? "free some space or choose another --out"
      : access(folder.c_str(), W_OK) != 0 ? elsewhere
      : fmt::format("free some space, then: cuparity report {}; or: {}", folder.string(), elsewhere);
  const auto write = [&](const char* name, const std::string& text) {
    write_whole_file(folder / name, text, advice);
  };
  write("run.json", json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  write("report.md", render_markdown(run, analysis));
  write("report.html", render_html(run, analysis));
  write("report.csv", render_csv(run, analysis));
  write("report.junit.xml", render_junit(run, analysis));
}

}  // namespace cuparity
