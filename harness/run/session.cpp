#include "harness/run/session.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <random>
#include <system_error>
#include <utility>

#include "environment/nvml.hpp"
#include "environment/process_environment.hpp"
#include "harness/access/engine_flags.hpp"
#include "harness/access/pick_modes.hpp"
#include "harness/counted.hpp"
#include "harness/engine/engines.hpp"
#include "harness/errors.hpp"
#include "harness/record/journal.hpp"
#include "harness/record/json_fields.hpp"
#include "harness/record/run_json.hpp"
#include "harness/report/text.hpp"
#include "harness/run/equal_gpus.hpp"
#include "harness/run/selection.hpp"
#include "harness/run/suite_check.hpp"
#include "harness/run/uneven_variables.hpp"
#include "harness/stats/analysis.hpp"

namespace cuparity {
namespace {

/// Facts that must not change between the parts of one run, with the variable that they come from.
constexpr std::pair<const char*, const char*> fixed_facts[] = {{"image_id", nullptr},
                                                               {"image_id of podman", nullptr},
                                                               {"native_programs_digest", nullptr},
                                                               {"docker_flags", "CUPARITY_DOCKER_FLAGS"},
                                                               {"podman_flags", "CUPARITY_PODMAN_FLAGS"},
                                                               {"native_launcher", "CUPARITY_NATIVE_LAUNCHER"}};

/// Finds out, by starting processes, what a run of `options` can be.
class Preparation {
 public:
  Preparation(const RunOptions& options, std::filesystem::path folder, Suite suite,
              const EngineFactory& make_engine, Progress& progress)
      : options_(options),
        folder_(std::move(folder)),
        suite_(std::move(suite)),
        make_engine_(make_engine),
        progress_(progress) {
    session_.run.image = options.image.empty() ? default_image() : options.image;
  }

  Session prepare() {
    std::vector<AccessMode> modes;
    for (const std::string& text : options_.modes) modes.push_back(parse_access_mode(text));
    check_modes(modes);
    settle_backend(modes);
    if (modes.empty())
      modes = picked_modes();
    else
      for (const AccessMode& mode : modes) require(mode);
    name_modes(modes);
    make_arms(modes);
    settle_benchmarks();
    settle_looks();
    fill_header();
    return std::move(session_);
  }

 private:
  static void check_modes(const std::vector<AccessMode>& modes) {
    for (std::size_t i = 0; i < modes.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (modes[i].text == modes[j].text)
          throw UsageError(fmt::format("mode '{}' is given twice", modes[i].text));
      }
    }
  }

  Engine& engine(EngineKind kind) {
    auto& slot = session_.engines[kind];
    if (slot) return *slot;
    slot = make_engine_(kind, session_.run.image);
    if (const auto left = slot->take_over_run(folder_); !left.empty())
      progress_.say(fmt::format("removed {} that a killed part of this run had left: {}", counted(left.size(), "container"),
                                fmt::join(left, ", ")));
    return *slot;
  }

  /// The backend of all modes: what was asked for; the CPU where a mode gets no GPU; else what a native
  /// process finds by itself.
  void settle_backend(const std::vector<AccessMode>& modes) {
    const auto without_gpu = std::find_if(modes.begin(), modes.end(), [](const AccessMode& mode) {
      return mode.engine != EngineKind::native && mode.request == RequestKind::none;
    });
    if (without_gpu != modes.end() && options_.backend == "cuda") {
      throw UsageError(
          fmt::format("mode '{}' asks for no GPU, so --backend cuda can't run under it; leave one out",
                      without_gpu->text));
    }
    backend_ = options_.backend;
    if (backend_ == "auto" && without_gpu != modes.end()) {
      backend_ = "cpu";
      session_.run.notes.push_back(
          fmt::format("{} gives no GPU, so every mode runs the CPU backend.", without_gpu->text));
    }
    if (backend_ != "auto") return;
    const AccessMode first = modes.empty() ? parse_access_mode("native") : modes.front();
    const SeenEnvironment& seen = require(first);
    const auto found = seen.find("backend");
    backend_ = found == seen.end() ? "cpu" : found->second;
    const auto reason = seen.find("backend_reason");
    progress_.say(fmt::format("backend {}{}", backend_, reason == seen.end() ? "" : ": " + reason->second));
    // What it chose by itself it would choose again when told.
  }

  /// Says why `mode` does not work, or nothing; keeps what its probe saw.
  std::string failure_of(const AccessMode& mode) {
    if (seen_.count(mode.text) > 0) return "";
    std::string failure = engine(mode.engine).unusable(mode);
    if (!failure.empty()) return failure;
    progress_.doing("trying " + mode.text);
    TrialSettings settings;
    settings.folder = folder_;
    settings.backend = backend_;
    settings.benchmark_filter = "^launch/(submit|system_call)(/|$)";
    settings.repetitions = 1;
    settings.min_time_seconds = 0.001;
    settings.time_limit = std::chrono::seconds(suite_.time_limit_seconds);
    const Arm arm{mode, &engine(mode.engine), {}};
    bool interrupted = false;
    Trial probe;
    probe.index = probe_index;
    const Trial trial = run_trial(probe, arm, settings, nullptr, interrupted);
    if (interrupted) throw EnvironmentError("stopped by the user before anything was measured");
    if (!trial.raw_file.empty()) {
      std::error_code ignored;
      std::filesystem::remove(folder_ / trial.raw_file, ignored);
    }
    if (trial.ok) seen_[mode.text] = trial.environment;
    return trial.failure;
  }

  /// What to do where the engine's words are all that is known of why a container with a GPU failed; where the engine
  /// or the image is not there, that was said.
  std::string next_step(const AccessMode& mode) {
    if (!asks_for_gpu(mode) || !engine(mode.engine).unusable(mode).empty()) return "";
    std::vector<std::string> doctor = {"cuparity", "doctor", "--mode", mode.text};
    if (!options_.image.empty()) doctor.insert(doctor.end(), {"--image", options_.image});
    return fmt::format("\nThe cause: {}\nTo compare on the CPU: --mode {}:none in its place", shell_quoted(doctor),
                       engine_name(mode.engine));
  }

  const SeenEnvironment& require(const AccessMode& mode) {
    const std::string failure = failure_of(mode);
    if (!failure.empty())
      throw EnvironmentError(fmt::format("mode '{}' can't be used: {}{}", mode.text, failure, next_step(mode)));
    return seen_.at(mode.text);
  }

  std::vector<AccessMode> picked_modes() {
    require(parse_access_mode("native"));
    std::vector<AccessMode> modes;
    for (const PickedMode& picked :
         pick_modes(backend_ == "cuda", [this](const AccessMode& mode) { return failure_of(mode); })) {
      modes.push_back(picked.mode);
      session_.run.mode_reasons[picked.mode.text] = picked.reason;
      progress_.say(fmt::format("mode {}: {}", picked.mode.text, picked.reason));
    }
    return modes;
  }

  void name_modes(const std::vector<AccessMode>& modes) {
    Run& run = session_.run;
    for (const AccessMode& mode : modes) run.modes.push_back(mode.text);
    const bool native = std::find(run.modes.begin(), run.modes.end(), "native") != run.modes.end();
    run.baseline_mode = native ? "native" : run.modes.front();
  }

  /// Without those that were tried and not taken.
  std::map<std::string, SeenEnvironment> seen_by_modes() const {
    std::map<std::string, SeenEnvironment> seen;
    for (const std::string& mode : session_.run.modes) seen[mode] = seen_.at(mode);
    return seen;
  }

  void make_arms(const std::vector<AccessMode>& modes) {
    const std::map<std::string, SeenEnvironment> seen = seen_by_modes();
    EqualGpus equal = make_gpus_equal(seen);
    for (const std::string& note : equal.notes) {
      session_.run.notes.push_back(note);
      progress_.say("note: " + note);
    }
    for (const AccessMode& mode : modes) {
      session_.arms.push_back({mode, &engine(mode.engine), equal.variables[mode.text]});
    }
    measured_gpu(seen.at(session_.run.baseline_mode), equal.variables[session_.run.baseline_mode]);
  }

  /// The first visible GPU is the one that is measured.
  void measured_gpu(const SeenEnvironment& seen, const std::map<std::string, std::string>& variables) {
    const auto visible = variables.find("CUDA_VISIBLE_DEVICES");
    const auto found = seen.find("gpu_uuid");
    if (visible != variables.end())
      session_.gpu_uuid = visible->second.substr(0, visible->second.find(','));
    else if (found != seen.end())
      session_.gpu_uuid = found->second;
  }

  const Arm& baseline_arm() const {
    return *std::find_if(session_.arms.begin(), session_.arms.end(),
                         [&](const Arm& arm) { return arm.mode.text == session_.run.baseline_mode; });
  }

  void settle_benchmarks() {
    TrialSettings& settings = session_.settings;
    settings.folder = folder_;
    settings.backend = backend_;
    settings.repetitions = suite_.repetitions;
    settings.min_time_seconds = suite_.min_time_seconds;
    settings.validate = suite_.validate;
    settings.startup = suite_.startup;
    settings.time_limit = std::chrono::seconds(suite_.time_limit_seconds);
    const auto warn = [this](const std::string& what) {
      session_.run.notes.push_back(what);
      progress_.say("warning: " + what);
    };
    const std::vector<std::string> benchmarks =
        check_suite(suite_, options_.filter, session_.arms, baseline_arm(), settings, options_.image, warn);
    settings.benchmark_filter = exact_filter(benchmarks);
    for (const std::string& sentence : uneven_variables(seen_by_modes(), backend_, benchmarks)) warn(sentence);
    const bool starts_children = std::any_of(benchmarks.begin(), benchmarks.end(), [](const std::string& name) {
      return name.rfind("startup/", 0) == 0;
    });
    settings.own_gpu_processes = starts_children ? 2 : 1;
    progress_.say(fmt::format("suite {}: {} × {} × {}", suite_.name, counted(benchmarks.size(), "benchmark"),
                              counted(session_.run.modes.size(), "mode"),
                              counted(static_cast<std::size_t>(options_.blocks.value_or(suite_.blocks)), "block")));
  }

  void settle_looks() {
    Run& run = session_.run;
    run.looks = options_.blocks ? looks_for_blocks(suite_.looks, *options_.blocks) : suite_.looks;
    run.planned_blocks = run.looks.back();
    const int fewest = fewest_blocks_to_decide(run.looks.size());
    if (run.modes.size() > 1 && run.planned_blocks < fewest)
      progress_.say(fmt::format("warning: {} can decide nothing, a first look; an interval needs at least {}",
                                counted(static_cast<std::size_t>(run.planned_blocks), "block"), fewest));
  }

  void fill_header() {
    Run& run = session_.run;
    run.version = CUPARITY_VERSION;
    run.suite = suite_.name;
    run.command = options_.command;
    run.seed = options_.seed ? *options_.seed : std::random_device{}();
    run.started_at = utc_now();
    run.margins = suite_.margins;
    run.per_clock = suite_.per_clock;
    run.environment = environment::process_environment();
    run.environment["backend"] = backend_;
    run.environment["benchmark_filter"] = session_.settings.benchmark_filter;
    if (!session_.gpu_uuid.empty()) run.environment["gpu_uuid"] = session_.gpu_uuid;
    bool container = false;
    for (auto& [kind, engine] : session_.engines) {
      const bool used = std::any_of(session_.arms.begin(), session_.arms.end(),
                                    [&, k = kind](const Arm& arm) { return arm.mode.engine == k; });
      if (used) add_facts(engine_name(kind), engine->describe());
      container = container || (used && kind != EngineKind::native);
    }
    for (const Arm& arm : session_.arms) {
      for (const auto& [name, value] : arm.variables) {
        run.environment[fmt::format("{} of {}", name, arm.mode.text)] = value;
      }
    }
    if (!container) run.image.clear();
    const auto digest = run.environment.find("image_digest");
    const auto id = run.environment.find("image_id");
    if (digest != run.environment.end())
      run.image_digest = digest->second;
    else if (id != run.environment.end())
      run.image_digest = id->second;
    add_gpu_facts(run);
  }

  /// Where two engines have a fact each, such as an image's id, neither is lost.
  void add_facts(const std::string& engine, const std::map<std::string, std::string>& facts) {
    for (const auto& [key, value] : facts) {
      const auto [known, is_new] = session_.run.environment.try_emplace(key, value);
      if (!is_new && known->second != value) session_.run.environment[fmt::format("{} of {}", key, engine)] = value;
    }
  }

  static void add_gpu_facts(Run& run) {
    std::string failure;
    const auto nvml = environment::Nvml::open(failure);
    if (!nvml) return;
    run.environment["driver_version"] = nvml->driver_version();
    run.environment["cuda_driver_version"] = nvml->cuda_driver_version();
    const auto devices = nvml->devices();
    run.environment["nvml_gpu_count"] = std::to_string(devices.size());
    for (const auto& device : devices) {
      if (device.uuid == run.environment["gpu_uuid"]) run.environment["gpu_name"] = device.name;
    }
  }

  const RunOptions& options_;
  std::filesystem::path folder_;
  Suite suite_;
  const EngineFactory& make_engine_;
  Progress& progress_;
  Session session_;
  std::string backend_;
  std::map<std::string, SeenEnvironment> seen_;
};

[[noreturn]] void refuse_resume(const std::filesystem::path& folder, const std::string& why) {
  throw UsageError(fmt::format("the run in {} can't go on: {}; start a new one", folder.string(), why));
}

/// Whether --suite names the suite that the run began with, or a file that says the same.
bool is_its_suite(const std::string& suite, const std::filesystem::path& folder, const Run& run) {
  return suite == run.suite ||
         load_suite_text(suite).yaml == load_suite_text((folder / "suite.yaml").string()).yaml;
}

void check_same_run(const std::filesystem::path& folder, const RunOptions& options, const Run& run) {
  if (run.version != CUPARITY_VERSION) {
    refuse_resume(folder,
                  fmt::format("it was begun by cuparity {}, this is {}", run.version, CUPARITY_VERSION));
  }
  if (!options.suite.empty() && !is_its_suite(options.suite, folder, run)) {
    refuse_resume(folder, fmt::format("its suite is '{}', not '{}' (leave --suite out to go on with its own)", run.suite,
                                      options.suite));
  }
  // Where the session is adjusted, the modes are compared after that.
  if (!options.adjust_session && !options.modes.empty() && options.modes != run.modes) {
    refuse_resume(folder, fmt::format("its modes are {}, not {}", fmt::join(run.modes, ", "),
                                      fmt::join(options.modes, ", ")));
  }
}

/// What the interrupted part reported; an empty Run where it died before that, or while it wrote it.
Run reported_run(const std::filesystem::path& folder, Progress& progress) {
  if (!std::filesystem::exists(folder / "run.json")) return {};
  try {
    return run_from_json(read_json_file(folder / "run.json"));
  } catch (const UsageError& error) {
    progress.say(fmt::format("{}: going on from journal.jsonl alone", error.what()));
    return {};
  }
}

std::string fact(const Run& run, const std::string& name) {
  const auto found = run.environment.find(name);
  return found == run.environment.end() ? "" : found->second;
}

}  // namespace

Session prepare_session(const RunOptions& options, const std::filesystem::path& folder,
                        const SuiteText& suite_text, const EngineFactory& make_engine, Progress& progress) {
  Suite suite = parse_suite(suite_text.yaml, suite_text.file_name);
  return Preparation(options, folder, std::move(suite), make_engine, progress).prepare();
}

Session resume_session(const RunOptions& options, const EngineFactory& make_engine, Progress& progress) {
  const std::filesystem::path& folder = options.resume;
  Run run = read_journal(folder);
  check_same_run(folder, options, run);
  // They come from the folder, which may be another person's: what is going to be started is said before it is.
  for (const std::string& mode : run.modes) progress.say(fmt::format("going on under mode {}", clean_text(mode)));
  if (!run.image.empty()) progress.say(fmt::format("image {}", clean_text(run.image)));
  const Run reported = reported_run(folder, progress);
  if (!reported.finished_at.empty())
    refuse_resume(folder, "it is finished ('cuparity report' shows it again)");
  RunOptions same = options;
  if (!options.adjust_session) same.modes = run.modes;
  same.image = run.image;
  same.seed = run.seed;
  same.blocks = run.planned_blocks;
  same.backend = fact(run, "backend");
  same.filter = fact(run, "benchmark_filter");
  const SuiteText suite_text = load_suite_text((folder / "suite.yaml").string());
  Session session = prepare_session(same, folder, suite_text, make_engine, progress);
  if (options.adjust_session) options.adjust_session(session);
  if (session.run.modes != run.modes) {
    refuse_resume(folder, fmt::format("its arms are {}, not {}", fmt::join(run.modes, "; "),
                                      fmt::join(session.run.modes, "; ")));
  }
  for (const auto& [name, variable] : fixed_facts) {
    if (fact(session.run, name) == fact(run, name)) continue;
    refuse_resume(folder, fmt::format("{} was '{}' and is now '{}'{}", variable == nullptr ? name : variable, fact(run, name),
                                      fact(session.run, name), variable == nullptr ? "" : " (set it as it was to go on)"));
  }
  session.run = std::move(run);
  session.run.harness_seconds = reported.harness_seconds;
  return session;
}

}  // namespace cuparity
