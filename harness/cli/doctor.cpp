// cuparity doctor: what is here, what is wrong, what to do.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "harness/cli/commands.hpp"
#include "harness/doctor/doctor.hpp"
#include "harness/doctor/look.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

struct DoctorFlags {
  std::vector<std::string> modes;
  std::string image;
  std::string format = "text";
  std::string look_at;
};

int run_doctor(const DoctorFlags& flags) {
  if (!flags.look_at.empty()) {
    fmt::print("{}\n", look_at(flags.look_at).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
    return exit_pass;
  }
  DoctorOptions options;
  options.image = flags.image;
  for (const std::string& mode : flags.modes) options.modes.push_back(parse_access_mode(mode));
  const DoctorReport report = examine(options);
  if (flags.format == "json") {
    fmt::print("{}\n", to_json(report).dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    const bool colour = isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR");
    fmt::print("{}", render_text(report, colour));
  }
  const bool sick = std::any_of(report.findings.begin(), report.findings.end(),
                                [](const Finding& finding) { return finding.severity == Severity::error; });
  return sick ? exit_environment : exit_pass;
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
  command->footer("Exit code: 0 nothing of severity error, 4 otherwise.");
  command->callback([flags, &exit_code] { exit_code = run_doctor(*flags); });
}

}  // namespace cuparity
