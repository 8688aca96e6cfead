#include "harness/run/run_command.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "environment/nvml.hpp"
#include "environment/text_file.hpp"
#include "harness/engine/program_folder.hpp"
#include "harness/errors.hpp"
#include "harness/record/journal.hpp"
#include "harness/report/report.hpp"
#include "harness/report/text.hpp"
#include "harness/run/folder_lock.hpp"
#include "harness/run/run_loop.hpp"
#include "harness/whole_file.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// The command that goes on after a stop; empty where none can.
std::string go_on_command(const RunOptions& options, const fs::path& folder) {
  if (!options.resume_command.empty()) return resume_command(options.resume_command, options.bin);
  if (options.adjust_session) return "";
  return resume_command({"cuparity", "run", "--resume", folder.string()}, options.bin);
}

bool holds_but_probes(const fs::path& raw, std::error_code& error) {
  const fs::directory_iterator files(raw, error);
  return !error && std::all_of(begin(files), end(files), [](const fs::directory_entry& entry) {
    return entry.path().filename().string().starts_with(probe_prefix);
  });
}

/// What a run leaves that was killed before its journal had a line: nothing to go on with, nor to lose. A suite.yaml without a
/// journal is the user's, unless it says what the run is going to write there.
bool holds_an_unbegun_run(const fs::path& folder, const std::string& suite, std::error_code& error) {
  const bool journal = fs::exists(folder / "journal.jsonl", error);
  if (journal && environment::read_text_file(folder / "journal.jsonl").value_or("\n").find('\n') != std::string::npos) return false;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const bool same_suite = name == "suite.yaml" && environment::read_text_file(entry.path()) == suite;
    const bool begun_journal = journal && (name == "journal.jsonl" || name == "suite.yaml");
    const bool unmeasured = name == "raw" && entry.is_directory(error) && holds_but_probes(entry.path(), error);
    if (!unmeasured && !begun_journal && !same_suite) return false;
  }
  return !error;
}

/// The folder of a new run. Unless keep() was called, what was made is removed again: a run that could not
/// begin leaves nothing behind.
class FreshFolder {
 public:
  /// `made`: the caller made the folder for this run.
  FreshFolder(const fs::path& path, bool made, const std::string& suite, const RunOptions& options)
      : path_(fs::absolute(path).lexically_normal()) {
    std::error_code error;
    if (fs::exists(path_, error) && !fs::is_directory(path_, error)) {
      throw UsageError(fmt::format("--out {} is a file; give a folder", path.string()));
    }
    made_ = fs::create_directories(path_, error) || made;
    lock_.emplace(path_);
    if (!error && holds_an_unbegun_run(path_, suite, error)) {
      for (const char* leftover : {"raw", "journal.jsonl", "suite.yaml"}) fs::remove_all(path_ / leftover, error);
    }
    if (!error && !fs::is_empty(path_, error)) {
      const std::string go_on = fs::exists(path_ / "journal.jsonl", error) ? go_on_command(options, path) : "";
      throw UsageError(fmt::format("--out {} is not empty; choose another folder{}", path.string(),
                                   go_on.empty() ? "" : ", or go on with: " + go_on));
    }
    if (!error) fs::create_directory(path_ / "raw", error);
    if (error) {
      throw UsageError(fmt::format("making the folder {} failed: {}; choose another with --out",
                                   path_.string(), error.message()));
    }
    path_ = fs::canonical(path_);
  }
  ~FreshFolder() {
    if (kept_) return;
    std::error_code ignored;
    fs::remove_all(path_ / "raw", ignored);
    if (made_) fs::remove(path_, ignored);
  }
  FreshFolder(const FreshFolder&) = delete;
  FreshFolder& operator=(const FreshFolder&) = delete;

  const fs::path& path() const { return path_; }
  void keep() { kept_ = true; }

 private:
  fs::path path_;
  std::optional<FolderLock> lock_;
  bool made_ = false;
  bool kept_ = false;
};

/// Made here, so that several that begin within a second (a job array) get one each.
fs::path make_default_folder(const std::string& suite) {
  const fs::path first = default_run_folder(fs::path(suite).stem().string());
  std::error_code error;
  fs::create_directories(first.parent_path(), error);
  for (int number = 1;; ++number) {
    const fs::path folder = number == 1 ? first : fs::path(fmt::format("{}-{}", first.string(), number));
    if (fs::create_directory(folder, error) || error) return folder;  // FreshFolder says what is wrong
  }
}

void store_suite(const fs::path& folder, const std::string& yaml) {
  write_whole_file(folder / "suite.yaml", yaml, "free some space or choose another --out");
}

/// Watches the GPU that is measured; null where NVML does not know it.
struct GpuWatch {
  std::unique_ptr<environment::Nvml> nvml;
  std::unique_ptr<GpuMonitor> monitor;
};

GpuWatch watch_gpu(const std::string& uuid, Run& run) {
  GpuWatch watch;
  if (uuid.empty()) return watch;
  std::string failure;
  watch.nvml = environment::Nvml::open(failure);
  if (!watch.nvml) {
    run.notes.push_back("The GPU could not be watched from the host, so no block can be rejected: " +
                        failure);
    return watch;
  }
  for (const environment::NvmlDevice& device : watch.nvml->devices()) {
    if (device.uuid != uuid) continue;
    watch.monitor = std::make_unique<GpuMonitor>(
        [nvml = watch.nvml.get(), index = device.index] { return nvml->read(index); });
  }
  if (!watch.monitor)
    run.notes.push_back("NVML on the host does not know GPU " + uuid + ": it was not watched.");
  return watch;
}

double process_seconds(const Run& run) {
  double seconds = 0;
  for (const Trial& trial : run.trials) seconds += trial.wall_seconds;
  return seconds;
}

/// As the loop does it; an error that ends it, such as a full disk, says how to go on.
LoopEnd run_to_end(RunLoop& loop, const std::string& resume_command) {
  try {
    return loop.run_to_end();
  } catch (const EnvironmentError& error) {
    throw EnvironmentError(fmt::format("{}; then {}", error.what(),
                                       resume_command.empty() ? "begin again" : "go on with: " + resume_command));
  }
}

void print_end(const RunSurroundings& to, LoopEnd end, const fs::path& folder, int blocks, const Run& run,
               const std::string& resume_command) {
  if (end == LoopEnd::interrupted) {
    fmt::print(to.result, "\nStopped after {} of {} blocks; nothing measured is lost.{}\n", blocks, run.planned_blocks,
               resume_command.empty() ? "" : " Go on with: " + resume_command);
  } else if (end == LoopEnd::gave_up) {
    fmt::print(to.result, "\nStopped after {} of {} blocks: too few modes are left to compare.\n", blocks,
               run.planned_blocks);
  }
  fmt::print(to.result, "Report: {}\n", (folder / "report.html").string());
}

/// Runs the loop, writes the reports whatever happened, and says the verdict.
int measure_and_report(Session& session, Journal& journal, Progress& progress, Clock::time_point begin,
                       const RunOptions& options, const RunSurroundings& to) {
  Run& run = session.run;
  const fs::path folder = session.settings.folder;
  const double harness_before = run.harness_seconds;
  const double processes_before = process_seconds(run);
  const auto harness_now = [&] {
    const double elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
    return harness_before + elapsed - (process_seconds(run) - processes_before);
  };
  const GpuWatch gpu = watch_gpu(session.gpu_uuid, run);
  LoopInputs inputs{session.arms, session.settings, gpu.monitor.get(), to.stop_requested, analyse,
                    options.replan};
  RunLoop loop(run, std::move(inputs), journal, progress);
  const std::string go_on = go_on_command(options, folder);
  const LoopEnd end = run_to_end(loop, go_on);
  if (end != LoopEnd::interrupted) run.finished_at = utc_now();
  run.harness_seconds = harness_now();
  const Analysis analysis = analyse(run);
  write_reports(folder, run, analysis);
  progress.finish();
  fmt::print(to.result, "{}", render_terminal(run, analysis, to.result_terminal));
  print_end(to, end, folder, loop.complete_blocks(), run, go_on);
  std::fflush(to.result);
  return end == LoopEnd::interrupted ? static_cast<int>(exit_inconclusive) : analysis.exit_code;
}

/// Ctrl-C reaches the processes that are started to prepare, too: what fails then fails for it.
template <typename Prepare>
Session unless_stopped(const RunSurroundings& to, Prepare prepare) {
  try {
    return prepare();
  } catch (const EnvironmentError&) {
    if (to.stop_requested()) throw StoppedByUser("stopped before anything was measured");
    throw;
  }
}

int start_run(const RunOptions& options, const RunSurroundings& to, Progress& progress,
              Clock::time_point begin) {
  const std::string suite = options.suite.empty() ? "quick" : options.suite;
  const SuiteText suite_text = load_suite_text(suite);
  parse_suite(suite_text.yaml, suite_text.file_name);  // a mistake in it is said before a folder is made
  FreshFolder folder(options.out.empty() ? make_default_folder(suite) : options.out, options.out.empty(), suite_text.yaml,
                     options);
  Session session = unless_stopped(to, [&] {
    Session prepared = prepare_session(options, folder.path(), suite_text, to.make_engine, progress);
    if (options.adjust_session) options.adjust_session(prepared);
    if (options.record_more) options.record_more(prepared);
    return prepared;
  });
  store_suite(folder.path(), suite_text.yaml);
  Journal journal = Journal::create(folder.path(), session.run);
  folder.keep();
  return measure_and_report(session, journal, progress, begin, options, to);
}

/// It tells of the part before, and would go on doing so if this part died.
void remove_earlier_report(const fs::path& folder) {
  std::error_code error;
  fs::remove(folder / "run.json", error);
  if (error) {
    throw EnvironmentError(fmt::format("removing the earlier {} failed: {}; make the folder writable",
                                       (folder / "run.json").string(), error.message()));
  }
}

int continue_run(const RunOptions& options, const RunSurroundings& to, Progress& progress,
                 Clock::time_point begin) {
  RunOptions here = options;
  std::error_code error;
  here.resume = fs::canonical(options.resume, error);
  if (error || !fs::exists(here.resume / "journal.jsonl", error)) {
    throw UsageError(fmt::format("--resume {}: there is no run in this folder (no journal.jsonl)",
                                 options.resume.string()));
  }
  const FolderLock lock(here.resume);
  Session session = unless_stopped(to, [&] { return resume_session(here, to.make_engine, progress); });
  Journal journal = Journal::reopen(here.resume);
  remove_earlier_report(here.resume);
  progress.say(fmt::format("going on after {} trials", session.run.trials.size()));
  return measure_and_report(session, journal, progress, begin, options, to);
}

}  // namespace

std::string resume_command(std::vector<std::string> words, const fs::path& bin) {
  if (!bin.empty() && bin != folder_of_this_program()) words.insert(words.end(), {"--bin", fs::absolute(bin).string()});
  return shell_quoted(words);
}

std::filesystem::path default_run_folder(const std::string& name) {
  return fs::path("results") / "runs" / fmt::format("{:%Y%m%dT%H%M%SZ}-{}", fmt::gmtime(std::time(nullptr)), name);
}

int execute_run(const RunOptions& options, const RunSurroundings& surroundings) {
  const Clock::time_point begin = Clock::now();
  Progress progress(surroundings.progress, surroundings.progress_terminal);
  try {
    return options.resume.empty() ? start_run(options, surroundings, progress, begin)
                                  : continue_run(options, surroundings, progress, begin);
  } catch (const StoppedByUser& stopped) {
    progress.say(stopped.what());
    return exit_inconclusive;
  }
}

}  // namespace cuparity
