// One function a subcommand: adds it to the parser; when chosen, it sets `exit_code`.
#pragma once

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <string>

namespace cuparity {

/// A line on stderr. That nobody can read it there is no reason to stop, so not fmt::print, which throws.
inline void say_on_stderr(const std::string& line) { std::fputs((line + "\n").c_str(), stderr); }

/// For an option that is read as std::uint64_t: CLI11 takes what is negative or too large for the largest number.
inline std::string check_seed(const std::string& word) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error == std::errc() && end == word.data() + word.size()) return "";
  return word + " is no whole number from 0 to 18446744073709551615";
}

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
