#include "harness/access/truth_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <regex>

#include "harness/access/access_probe.hpp"
#include "harness/access/access_rows.hpp"
#include "harness/access/compose_request.hpp"
#include "harness/access/container_folder.hpp"
#include "harness/engine/engines.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

std::regex row_pattern(const std::string& text) {
  try {
    return std::regex(text, std::regex::extended | std::regex::icase);
  } catch (const std::regex_error& error) {
    throw UsageError(fmt::format("--row '{}' is no regular expression: {}", text, error.what()));
  }
}

class TableMaker {
 public:
  explicit TableMaker(const TruthTableOptions& options)
      : options_(options), pattern_(row_pattern(options.row)), probe_folder_(find_probe_folder()) {}

  AccessTable make() {
    table_.image = options_.image.empty() ? default_image() : options_.image;
    const std::vector<FoundEngine> found = choose_engines();
    table_.host = gather_access_host(probe_folder_, options_.stand_in);
    for (const FoundEngine& each : found)
      if (each.failure.empty()) try_engine(each.engine);
    if (usable_ == 0) {
      std::string why;
      for (const std::string& line : table_.engines) why += "\n  " + line;
      throw EnvironmentError("no engine can be tried here:" + why);
    }
    if (table_.rows.empty()) throw UsageError(fmt::format("--row '{}' matches no row", options_.row));
    return std::move(table_);
  }

 private:
  std::vector<FoundEngine> choose_engines() {
    std::vector<FoundEngine> found = gather_access_engines();
    std::erase_if(found, [&](const FoundEngine& each) {
      return !options_.engine.empty() && each.engine.name != options_.engine;
    });
    if (found.empty())
      throw EnvironmentError(fmt::format("{} installed here: ./scripts/install-packages engine podman",
                                         options_.engine.empty() ? "no container engine is" : options_.engine + " is not"));
    for (const FoundEngine& each : found)
      if (!each.failure.empty()) table_.engines.push_back(each.failure);
    return found;
  }

  void try_engine(const AccessEngine& facts) {
    const AccessMode none = parse_access_mode(facts.name + ":none");
    EngineOptions options;
    options.image = table_.image;
    options.stop_requested = options_.stop_requested;
    const auto engine = make_engine(none.engine, options);
    if (const std::string failure = engine->unusable(none); !failure.empty()) {
      table_.engines.push_back(failure);
      return;
    }
    // Where not even a plain container starts, a refusal proves nothing.
    const AccessAttempt plain = attempt(*engine, none, {});
    const std::string obstacle =
        plain.probe ? "" : fmt::format("a plain container does not start: {}", plain.words);
    if (obstacle.empty()) ++usable_;
    table_.engines.push_back(facts.name + " " + facts.version + (obstacle.empty() ? "" : ": " + obstacle));
    for (const AccessRequest& request : access_requests(facts.name, table_.host)) {
      add_row(request, facts, facts.name, obstacle, [&](const ForeignMemory& memory) {
        return attempt(*engine, request.mode, memory);
      });
    }
    if (none.engine == EngineKind::docker) try_compose(*engine, facts, obstacle);
  }

  void try_compose(Engine& engine, const AccessEngine& facts, const std::string& obstacle) {
    for (const FoundCompose& compose : gather_compose()) {
      const std::string name = fmt::format("{}", fmt::join(compose.words, " "));
      for (const AccessRequest& request : access_requests("compose", table_.host)) {
        std::string why = obstacle;
        if (compose.version.empty()) why = name + " is not here";
        else if (major_minor(compose.version) < major_minor(request.first_compose))
          why = fmt::format("came with Compose {}, this is {}", request.first_compose, compose.version);
        add_row(request, facts, name, why, [&](const ForeignMemory& memory) {
          return attempt_compose(engine, compose, request, memory);
        });
      }
    }
  }

  void stop_where_asked() const {
    if (options_.stop_requested && options_.stop_requested()) throw StoppedByUser("stopped by the user; no container is left");
  }

  template <typename Try>
  void add_row(const AccessRequest& request, const AccessEngine& facts, const std::string& engine,
               const std::string& obstacle, Try try_it) {
    if (!std::regex_search(request.name, pattern_)) return;
    stop_where_asked();
    AccessRow row;
    row.name = request.name;
    row.engine = engine;
    row.mode = request.shown;
    if (!obstacle.empty() || !request.obstacle.empty()) {
      skip_access(row, obstacle.empty() ? request.obstacle : obstacle);
    } else {
      const Expected wanted = expected(request.mode, facts, table_.host);
      const bool tried = wanted.start != Start::unavailable;
      const AccessAttempt attempt = tried ? try_it(holder().memory_outside(wanted.gpus)) : AccessAttempt{};
      stop_where_asked();  // what was killed by that says nothing of the row
      judge_access(row, wanted, attempt, table_.host);
    }
    if (options_.progress) options_.progress(fmt::format("{} {}: {}", engine, row.name, to_text(row)));
    table_.rows.push_back(std::move(row));
  }

  static std::string to_text(const AccessRow& row) {
    return row.verdict == AccessVerdict::skipped ? "skipped: " + row.reason : row.as_expected ? "as expected" : row.reason;
  }

  MemoryHolder& holder() {
    if (!holder_) holder_.emplace(probe_folder_, table_.host.gpus);
    return *holder_;
  }

  AccessAttempt attempt(Engine& engine, const AccessMode& mode, const ForeignMemory& memory) {
    return attempt_access(engine, mode, probe_folder_, folder_.path(), table_.host, memory);
  }

  AccessAttempt attempt_compose(Engine& engine, const FoundCompose& compose, const AccessRequest& request,
                                const ForeignMemory& memory) {
    ProcessRequest process = probe_request(probe_folder_, true, folder_.path(), probe_arguments(table_.host, memory));
    const std::string out = engine.output_path(process).string();
    process.command.insert(process.command.end(), {"--out", out + "/compose.json"});
    const ProcessResult result = run_compose(compose.words, table_.image, request.compose, process, out);
    AccessAttempt attempt = read_attempt(result, folder_.path() / "compose.json");
    attempt.no_foreign_memory = memory.obstacle;
    return attempt;
  }

  const TruthTableOptions& options_;
  std::regex pattern_;
  fs::path probe_folder_;
  ContainerFolder folder_;
  AccessTable table_;
  std::optional<MemoryHolder> holder_;
  int usable_ = 0;
};

}  // namespace

bool AccessTable::as_expected() const {
  return std::all_of(rows.begin(), rows.end(), [](const AccessRow& row) { return row.as_expected; });
}

AccessTable make_truth_table(const TruthTableOptions& options) { return TableMaker(options).make(); }

AccessRow access_row_of(const AccessMode& mode, Engine& engine, const std::vector<FoundEngine>& found,
                        const AccessHost& host, const fs::path& probe_folder) {
  AccessRow row;
  row.name = mode.text;
  row.engine = engine_name(mode.engine);
  row.mode = mode.text;
  try {
    const ContainerFolder folder;
    const AccessAttempt attempt = attempt_access(engine, mode, probe_folder, folder.path(), host);
    AccessEngine facts;
    facts.name = row.engine;
    for (const FoundEngine& each : found)
      if (each.engine.name == row.engine) facts = each.engine;
    judge_access(row, expected(mode, facts, host), attempt, host);
  } catch (const std::exception& error) {
    skip_access(row, error.what());
  }
  return row;
}

}  // namespace cuparity
