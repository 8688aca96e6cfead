// One function a subcommand: adds it to the parser; when chosen, it sets `exit_code`.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

namespace cuparity {

/// A line on stderr. That nobody can read it there is no reason to stop, so not fmt::print, which throws.
inline void say_on_stderr(const std::string& line) { std::fputs((line + "\n").c_str(), stderr); }

void add_doctor_command(CLI::App& app, int& exit_code);
void add_access_command(CLI::App& app, int& exit_code);
void add_list_command(CLI::App& app, int& exit_code);
void add_run_command(CLI::App& app, int& exit_code);
void add_compare_command(CLI::App& app, int& exit_code);
void add_report_command(CLI::App& app, int& exit_code);
void add_publish_command(CLI::App& app, int& exit_code);
void add_explain_command(CLI::App& app, int& exit_code);
void add_gate_command(CLI::App& app, int& exit_code);
void add_history_command(CLI::App& app, int& exit_code);
void add_calibrate_command(CLI::App& app, int& exit_code);

}  // namespace cuparity
