#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "harness/errors.hpp"
#include "harness/record/run_json.hpp"
#include "harness/report/report.hpp"

namespace cuparity {
namespace {

/// A reader sees the old file or the new one, never half of one.
void write_atomically(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::path partial = path;
  partial += ".partial";
  std::ofstream file(partial, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) {
    const std::string reason = std::strerror(errno);
    std::error_code ignored;
    std::filesystem::remove(partial, ignored);
    throw EnvironmentError(
        fmt::format("writing {}: {}; free some space or choose another --out, "
                    "then: cuparity report {}",
                    path.string(), reason, path.parent_path().string()));
  }
  std::error_code error;
  std::filesystem::rename(partial, path, error);
  if (error) {
    throw EnvironmentError(fmt::format("writing {}: {}", path.string(), error.message()));
  }
}

}  // namespace

void write_reports(const std::filesystem::path& folder, const Run& run, const Analysis& analysis) {
  // What was measured first: should the disk fill up, the reports can be made again from it.
  const nlohmann::json json = to_json(run, analysis);
  write_atomically(folder / "run.json",
                   json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  write_atomically(folder / "report.md", render_markdown(run, analysis));
  write_atomically(folder / "report.html", render_html(run, analysis));
  write_atomically(folder / "report.csv", render_csv(run, analysis));
  write_atomically(folder / "report.junit.xml", render_junit(run, analysis));
}

}  // namespace cuparity
