#include "harness/access/survival.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "environment/text_file.hpp"
#include "harness/access/access_probe.hpp"
#include "harness/engine/boot_clock.hpp"
#include "harness/engine/engines.hpp"
#include "harness/engine/process.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
constexpr const char* watch_name = "watch.jsonl";

struct Disturbance {
  const char* name;
  bool of_host;                    ///< it changes the host, not our container alone
  std::vector<std::string> words;  ///< {name} is the container; of the engine, or of the host
};

const std::vector<Disturbance>& disturbances() {
  static const std::vector<Disturbance> all = {
      {"update", false, {"update", "--cpu-shares", "512", "{name}"}},
      {"restart", false, {"restart", "-t", "1", "{name}"}},
      {"reload", true, {"systemctl", "daemon-reload"}},
  };
  return all;
}

const Disturbance& named(const std::string& name) {
  for (const Disturbance& each : disturbances())
    if (name == each.name) return each;
  throw UsageError(fmt::format("unknown disturbance '{}': {}", name, fmt::join(disturbance_names(), ", ")));
}

bool systemd_runs() { return fs::exists("/run/systemd/system"); }

bool to_stop(const SurvivalOptions& options) { return options.stop_requested && options.stop_requested(); }

class Watched {
 public:
  Watched(Engine& engine, const SurvivalOptions& options, const fs::path& probe_folder, const fs::path& folder,
          const AccessHost& host)
      : engine_(engine), options_(options), file_(folder / watch_name) {
    ProcessRequest request = probe_request(probe_folder, true, folder, {"--watch"});
    const std::string out = (engine.output_path(request) / watch_name).string();
    request.command.insert(request.command.end(), {"--out", out});
    if (!host.stand_in.empty()) request.command.insert(request.command.end(), {"--path", host.stand_in});
    name_ = engine.start_in_background(request, options.mode);
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched() { remove(); }

  /// Returns why the container is still there, or nothing.
  std::string remove() {
    if (name_.empty()) return "";
    return engine_.stop_in_background(std::exchange(name_, ""));
  }

  /// Nodes that opened at the start.
  std::vector<std::string> wait_for_start() {
    if (!wait([&] { return !lines().empty(); }) && !to_stop(options_))
      throw EnvironmentError(fmt::format("the probe under {} did not begin to watch", options_.mode.text));
    std::vector<std::string> opened;
    if (lines().empty()) return opened;
    const json start = json::parse(lines().front(), nullptr, false);
    const json opens = start.value("opens", json::object());
    for (const auto& [path, outcome] : opens.items())
      if (outcome == "ok") opened.push_back(path);
    return opened;
  }

  SurvivalRow disturb(const Disturbance& disturbance) {
    std::vector<std::string> words = disturbance.words;
    std::replace(words.begin(), words.end(), std::string("{name}"), name_);
    const std::size_t before = lines().size();
    const double begin = boot_seconds();
    const ProcessResult done = disturbance.of_host ? run_host(words) : engine_.command(words);
    SurvivalRow row;
    if (done.exit_code != 0) {
      row.disturbance = disturbance.name;
      row.obstacle = environment::trim(done.standard_error);
    } else {
      wait([&] { return judge_survival(disturbance.name, lines(), before, begin).lost_after_seconds.has_value(); });
      row = judge_survival(disturbance.name, lines(), before, begin);
    }
    row.command = fmt::format("{}{}", disturbance.of_host ? "" : engine_name(options_.mode.engine) + " ",
                              fmt::join(disturbance.words, " "));
    return row;
  }

 private:
  ProcessResult run_host(const std::vector<std::string>& words) const {
    ChildProcess child;
    child.command = words;
    child.stop_requested = options_.stop_requested;
    child.time_limit = std::chrono::seconds(30);
    return run_process(child);
  }

  std::vector<std::string> lines() const {
    return environment::split(environment::read_text_file(file_).value_or(""), '\n');
  }

  bool wait(const std::function<bool()>& done) const {
    const auto end = std::chrono::steady_clock::now() + options_.patience;
    while (!done()) {
      if (std::chrono::steady_clock::now() >= end || to_stop(options_)) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return true;
  }

  Engine& engine_;
  const SurvivalOptions& options_;
  fs::path file_;
  std::string name_;
};

void stop_where_asked(const SurvivalOptions& options, Watched& watched) {
  if (!to_stop(options)) return;
  const std::string failure = watched.remove();
  throw StoppedByUser("stopped by the user; " + (failure.empty() ? "the container was removed" : failure));
}

}  // namespace

bool SurvivalReport::survived() const {
  return std::all_of(rows.begin(), rows.end(),
                     [](const SurvivalRow& row) { return row.survived || !row.obstacle.empty(); });
}

std::vector<std::string> disturbance_names() {
  std::vector<std::string> names;
  for (const Disturbance& each : disturbances()) names.emplace_back(each.name);
  return names;
}

SurvivalRow judge_survival(const std::string& disturbance, const std::vector<std::string>& lines, std::size_t first,
                           double begin) {
  SurvivalRow row;
  row.disturbance = disturbance;
  row.survived = true;
  json opened = json::object();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const json line = json::parse(lines[i], nullptr, false);
    if (!line.is_object()) continue;  // a line that is being written
    const json opens = line.value("opens", json::object());
    if (opened.empty()) opened = opens;
    // A probe that was started again begins anew: what it can't open now, but could at first, is lost.
    for (const auto& [path, outcome] : opens.items()) {
      const bool lost = outcome != "ok" && opened.value(path, "") == "ok";
      if (i < first || !lost || row.lost_after_seconds) continue;
      row.survived = false;
      row.lost_after_seconds = line.value("at", begin) - begin;
      row.lost = path + " " + outcome.get<std::string>();
    }
  }
  return row;
}

SurvivalReport watch_survival(Engine& engine, const SurvivalOptions& options, const fs::path& probe_folder,
                              const fs::path& folder, const AccessHost& host) {
  for (const std::string& name : options.disturbances) named(name);
  SurvivalReport report;
  report.mode = options.mode.text;
  for (const std::string& name : options.disturbances) {
    const Disturbance& disturbance = named(name);
    if (disturbance.of_host && !systemd_runs()) {
      SurvivalRow row;
      row.disturbance = name;
      row.command = fmt::format("{}", fmt::join(disturbance.words, " "));
      row.obstacle = "systemd does not run here";
      report.rows.push_back(row);
      continue;
    }
    std::error_code ignored;
    fs::remove(folder / watch_name, ignored);
    Watched watched(engine, options, probe_folder, folder, host);
    report.watched = watched.wait_for_start();
    stop_where_asked(options, watched);
    if (report.watched.empty())
      throw EnvironmentError(fmt::format("{} gives no device that could be lost: nothing to watch", report.mode));
    report.rows.push_back(watched.disturb(disturbance));
    stop_where_asked(options, watched);
  }
  return report;
}

std::string survival_text(const SurvivalReport& report) {
  std::string text = fmt::format("mode {}; watched {}\n", report.mode, fmt::join(report.watched, " "));
  for (const SurvivalRow& row : report.rows) {
    text += fmt::format("{:8} {}: ", row.disturbance, row.command);
    if (!row.obstacle.empty()) text += "skipped: " + row.obstacle;
    else if (row.survived) text += "access survived";
    else text += fmt::format("access lost after {:.2f} s: {}", row.lost_after_seconds.value_or(0), row.lost);
    text += "\n";
  }
  return text;
}

std::string survival_json(const SurvivalReport& report) {
  json rows = json::array();
  for (const SurvivalRow& row : report.rows) {
    rows.push_back({{"disturbance", row.disturbance},
                    {"command", row.command},
                    {"outcome", !row.obstacle.empty() ? "skipped" : row.survived ? "survived" : "lost"},
                    {"reason", row.obstacle.empty() ? row.lost : row.obstacle},
                    {"lost_after_seconds", row.lost_after_seconds ? json(*row.lost_after_seconds) : json()}});
  }
  const json document = {{"format", "cuparity-survival"}, {"schema_version", 1}, {"mode", report.mode},
                         {"watched", report.watched}, {"rows", rows}};
  return document.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace cuparity
