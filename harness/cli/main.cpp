// Parse, run one subcommand, map every failure to its exit code.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "environment/standard_output.hpp"
#include "environment/text_file.hpp"
#include "harness/cli/commands.hpp"
#include "harness/errors.hpp"
#include "harness/nearest_name.hpp"
#include "harness/report/text.hpp"

namespace {

/// The runner of GitHub takes a line for a command that begins with "::" behind white space of any alphabet, or holds "##[".
std::string without_job_command(std::string line) {
  for (std::size_t at = 0; (at = line.find("##[", at)) != std::string::npos;) line.insert(at + 2, " ");
  const auto first = std::find_if(line.begin(), line.end(), [](unsigned char c) { return c > ' ' && c < 0x7f; });
  const auto begin = static_cast<std::size_t>(first - line.begin());
  return line.compare(begin, 2, "::") == 0 ? "| " + line : line;
}

/// It may quote a file that anybody wrote: nothing in it works a terminal or the log of a job.
std::string said(const std::exception& error) {
  std::vector<std::string> lines = cuparity::environment::split(error.what(), '\n');
  for (std::string& line : lines) line = without_job_command(cuparity::clean_text(line));
  return "cuparity: " + cuparity::environment::join(lines, "\n");
}

/// Why no command was recognised, or empty where nothing was given: CLI11 only says that one is missing.
std::string unknown_command(const CLI::App& app) {
  const std::vector<std::string> words = app.remaining();
  if (words.empty()) return "";
  const std::string& word = words.front();
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  if (word.rfind('-', 0) == 0)
    return fmt::format("{} stands before a command, where only --help and --version do", word);
  const std::string nearest = cuparity::did_you_mean(word, names);
  return fmt::format("no command '{}'{}", word,
                     nearest.empty() ? fmt::format("; the commands are {}", fmt::join(names, ", ")) : nearest);
}

/// "--margin" and "-margin", no number and no lone letter.
bool is_option(const std::string& word) {
  return word.size() > 2 && word[0] == '-' && (word[1] == '-' || std::isalpha(static_cast<unsigned char>(word[1])));
}

/// Why the command has an option too many, or empty where it has not: CLI11 does not say which was meant.
std::string unknown_option(const CLI::App& command) {
  const std::vector<std::string> words = command.remaining();
  const auto word = std::find_if(words.begin(), words.end(), is_option);
  if (word == words.end()) return "";
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  const std::string typed = word->substr(0, word->find('='));
  const std::string nearest = cuparity::did_you_mean(typed[1] == '-' ? typed : "-" + typed, names);
  const std::string help = fmt::format("; cuparity {} --help shows those that it has", command.get_name());
  return fmt::format("{} has no option '{}'{}", command.get_name(), typed, nearest.empty() ? help : nearest);
}

std::string what_is_unknown(const CLI::App& app) {
  const auto commands = app.get_subcommands();
  return commands.empty() ? unknown_command(app) : unknown_option(*commands.front());
}

int run_command(int argc, char** argv) {
  using namespace cuparity;
  CLI::App app{"cuparity: does this GPU do the same work inside a container as on the host?"};
  app.set_version_flag("--version", "cuparity " CUPARITY_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 pass, 1 slower or wrong, 2 usage, 3 inconclusive, 4 environment not usable.\n"
      "Start with: cuparity doctor, then: cuparity run --suite quick");
  int exit_code = exit_pass;
  add_doctor_command(app, exit_code);
  add_access_command(app, exit_code);
  add_list_command(app, exit_code);
  add_run_command(app, exit_code);
  add_compare_command(app, exit_code);
  add_report_command(app, exit_code);
  add_publish_command(app, exit_code);
  add_explain_command(app, exit_code);
  add_gate_command(app, exit_code);
  add_history_command(app, exit_code);
  add_calibrate_command(app, exit_code);
  try {
    app.parse(argc, argv);
    return exit_code;
  } catch (const CLI::ParseError& error) {
    if (const std::string unknown = what_is_unknown(app); error.get_exit_code() != 0 && !unknown.empty()) {
      say_on_stderr("cuparity: " + unknown + "\nRun with --help for more information.");
      return exit_usage;
    }
    // CLI11 has codes of its own above 100; ours has one for usage.
    return app.exit(error) == 0 ? exit_pass : exit_usage;
  } catch (const UsageError& error) {
    say_on_stderr(said(error));
    return exit_usage;
  } catch (const StoppedByUser& error) {
    say_on_stderr(said(error));
    return exit_inconclusive;
  } catch (const EnvironmentError& error) {
    say_on_stderr(said(error));
    return exit_environment;
  } catch (const std::exception& error) {
    // That of a failed write to stdout is said once, at the end.
    if (std::ferror(stdout) == 0) say_on_stderr(said(error));
    return exit_environment;
  }
}

}  // namespace

int main(int argc, char** argv) {
  cuparity::environment::open_standard_streams();
  std::signal(SIGCHLD, SIG_DFL);  // ignored by whoever started this, every child would seem to end with 0
  std::signal(SIGPIPE, SIG_IGN);  // `2>&1 | head` must not end a measurement
  return cuparity::environment::exit_code_after_output("cuparity", run_command(argc, argv));
}
