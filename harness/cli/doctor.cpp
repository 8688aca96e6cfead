// cuparity doctor: what is here, what is wrong, what to do.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/commands.hpp"
#include "harness/doctor/diagnose.hpp"
#include "harness/doctor/doctor.hpp"
#include "harness/doctor/from_text.hpp"
#include "harness/doctor/gather.hpp"
#include "harness/doctor/look.hpp"
#include "harness/doctor/record.hpp"
#include "harness/engine/interrupt.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

struct DoctorFlags {
  std::vector<std::string> modes;
  std::string image;
  std::string format = "text";
  std::string look_at;
  std::string from_text;
  bool text_only = false;
  std::string record;
  std::string probe;
};

/// Throws UsageError where an image is named, and nothing that starts one.
void refuse_image_without_container(const DoctorFlags& flags, const std::vector<AccessMode>& modes) {
  const bool native_alone = !modes.empty() && std::all_of(modes.begin(), modes.end(), [](const AccessMode& mode) {
    return mode.engine == EngineKind::native;
  });
  if (native_alone && !flags.image.empty())
    throw UsageError("--image names what a container is made of, and --mode native starts none: leave one of the two out, "
                     "or add a --mode like docker:--gpus=all");
}

/// Throws UsageError where a mode or an image is named that nothing will try.
void refuse_named_without_look(const DoctorFlags& flags) {
  const std::string named = !flags.modes.empty() ? "--mode" : !flags.image.empty() ? "--image" : "";
  const std::string instead = !flags.probe.empty() ? "--probe" : flags.text_only ? "--text-only" : "";
  if (named.empty() || instead.empty()) return;
  throw UsageError(fmt::format("{} names what is tried on this machine, and with {} nothing is: leave one of the two out",
                               named, instead));
}

DoctorOptions options_of(const DoctorFlags& flags) {
  DoctorOptions options;
  options.image = flags.image;
  for (const std::string& mode : flags.modes) options.modes.push_back(parse_access_mode(mode));
  refuse_image_without_container(flags, options.modes);
  return options;
}

/// Of a file, or of this machine; nothing with --text-only.
std::optional<Probe> probe_of(const DoctorFlags& flags) {
  if (!flags.probe.empty()) return read_record(flags.probe);
  if (flags.text_only) return std::nullopt;
  DoctorOptions options = options_of(flags);
  const Interrupt interrupt;
  options.stop_requested = Interrupt::requested;
  return look_at_machine(options);
}

void print(const DoctorReport& report, const std::string& format) {
  if (format == "json") {
    fmt::print("{}\n", to_json(report).dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
    return;
  }
  const bool colour = isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR");
  fmt::print("{}", render_text(report, colour));
}

std::string advice(Obstacle obstacle) {
  return obstacle == Obstacle::no_image ? "; ./scripts/build-image makes one, --image I names another"
                                        : "; the findings say what to do";
}

/// Where no container of the image was started under any mode.
std::string why_none_was_started(const Probe& probe) {
  const Obstacle last = std::max(obstacle_to(probe, EngineKind::docker), obstacle_to(probe, EngineKind::podman));
  switch (last) {
    case Obstacle::no_engine: return "there is no engine here; run the doctor on the host, or install one";
    case Obstacle::no_answer: return "no engine answers" + advice(last);
    case Obstacle::no_image: return "no image of that name is there for an engine that answers" + advice(last);
    case Obstacle::none: break;
  }
  return "no container was started" + advice(last);
}

/// What was named and could not be tried, and why; nothing: all of it was, or nothing was named.
std::vector<std::string> named_and_not_tried(const DoctorFlags& flags, const Probe& probe) {
  std::vector<std::string> missed;
  bool any_tried = false;
  for (const AccessFacts& access : probe.access) {
    const bool named = std::find(flags.modes.begin(), flags.modes.end(), access.mode) != flags.modes.end();
    const Obstacle obstacle = obstacle_to(probe, parse_access_mode(access.mode).engine);
    if (access.outcome != "not looked") any_tried = true;
    else if (named) missed.push_back(fmt::format("--mode {}: {}{}", access.mode, access.failure, advice(obstacle)));
  }
  // Inside a container no engine is asked at all.
  const bool containers_named = std::any_of(flags.modes.begin(), flags.modes.end(), [](const std::string& mode) {
    return parse_access_mode(mode).engine != EngineKind::native;
  });
  const std::string why = why_none_was_started(probe);
  if (probe.access.empty() && containers_named) missed.push_back(fmt::format("--mode {}: {}", fmt::join(flags.modes, ", "), why));
  if (!flags.image.empty() && !any_tried && missed.empty()) missed.push_back(fmt::format("--image {}: {}", flags.image, why));
  return missed;
}

/// A text that fits nothing leaves it open; otherwise an error is an unusable environment.
int exit_code_of(const DoctorReport& report) {
  if (report.text.is_object()) {
    return report.text["recognised"].get<bool>() ? exit_environment : exit_inconclusive;
  }
  const bool sick = std::any_of(report.findings.begin(), report.findings.end(),
                                [](const Finding& finding) { return finding.severity == Severity::error; });
  return sick ? exit_environment : exit_pass;
}

int run_doctor(const DoctorFlags& flags) {
  if (!flags.look_at.empty()) {
    fmt::print("{}\n", look_at(flags.look_at).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
    return exit_pass;
  }
  refuse_named_without_look(flags);
  // Read first: a file that is no text must not wait for the machine.
  const std::string text = flags.from_text.empty() ? "" : read_pasted_text(flags.from_text);
  const std::optional<Probe> probe = probe_of(flags);
  const bool record_alone = flags.record == "-";
  if (record_alone) {
    fmt::print("{}", record_text(*probe));
  } else if (!flags.record.empty()) {
    write_record(*probe, flags.record);
    say_on_stderr(
        fmt::format("cuparity: the probe is in {0}; read it with: cuparity doctor --probe {0}", flags.record));
  }
  DoctorReport report =
      flags.from_text.empty() ? diagnose(*probe) : diagnose_text(text, probe ? &*probe : nullptr);
  if (flags.from_text.empty() && flags.probe.empty()) report.not_tried = named_and_not_tried(flags, *probe);
  if (!record_alone) print(report, flags.format);
  for (const std::string& each : report.not_tried) say_on_stderr("cuparity: not tried: " + each);
  return report.not_tried.empty() ? exit_code_of(report) : exit_environment;
}

}  // namespace

void add_doctor_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "doctor", "Say what of the GPU is here, what is wrong and what to do; changes nothing");
  auto flags = std::make_shared<DoctorFlags>();
  command
      ->add_option("--mode", flags->modes,
                   "Try this way to give a container the GPU, e.g. docker:--gpus=all; repeatable")
      ->allow_extra_args(false)
      ->take_all();
  command->add_option("--image", flags->image, "Image to start (default: the one of this version)");
  command->add_option("--format", flags->format, "text or json")->check(CLI::IsMember({"text", "json"}));
  // Used by the doctor itself: what may hang is looked at in a child process.
  command->add_option("--look-at", flags->look_at, "")->group("")->check(CLI::IsMember(things_to_look_at()));
  CLI::Option* from_text = command->add_option("--from-text", flags->from_text,
                                               "Name the causes of an error message in this file; - is stdin");
  CLI::Option* probe =
      command->add_option("--probe", flags->probe, "Judge this recorded probe instead of looking at the machine");
  command
      ->add_flag("--text-only", flags->text_only, "With --from-text: judge the text alone, look at no machine")
      ->needs(from_text)
      ->excludes(probe);
  command
      ->add_option("--record", flags->record,
                   "Write what was looked at into this file, without names and addresses; - is stdout, without a report")
      ->excludes(probe)
      ->excludes("--text-only");
  command->footer(
      "Exit code: 0 nothing of severity error, 4 otherwise, and where what --mode or --image names could not be tried, 3 where "
      "Ctrl-C stopped it. With --from-text: 4 the text was recognised, 3 it was not.");
  command->callback([flags, &exit_code] { exit_code = run_doctor(*flags); });
}

}  // namespace cuparity
