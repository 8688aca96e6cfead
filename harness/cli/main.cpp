// Parse, run one subcommand, map every failure to its exit code.
#include <fmt/core.h>

#include <exception>

#include "harness/cli/commands.hpp"
#include "harness/errors.hpp"

int main(int argc, char** argv) {
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
    // CLI11 has codes of its own above 100; ours has one for usage.
    return app.exit(error) == 0 ? exit_pass : exit_usage;
  } catch (const UsageError& error) {
    fmt::print(stderr, "cuparity: {}\n", error.what());
    return exit_usage;
  } catch (const EnvironmentError& error) {
    fmt::print(stderr, "cuparity: {}\n", error.what());
    return exit_environment;
  } catch (const std::exception& error) {
    fmt::print(stderr, "cuparity: {}\n", error.what());
    return exit_environment;
  }
}
