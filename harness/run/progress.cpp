#include "harness/run/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace cuparity {
namespace {

/// Not fmt::print, which throws: that nobody can read it any more is no reason to end a measurement.
void write_if_possible(std::FILE* stream, const std::string& text) {
  std::fputs(text.c_str(), stream);
  std::fflush(stream);
}

}  // namespace

Progress::Progress(std::FILE* stream, bool terminal) : stream_(stream), terminal_(terminal) {}

Progress::~Progress() { clear_line(); }

void Progress::clear_line() {
  if (!line_open_) return;
  write_if_possible(stream_, "\r\x1b[K");
  line_open_ = false;
}

void Progress::say(const std::string& line) {
  clear_line();
  write_if_possible(stream_, line + "\n");
}

void Progress::doing(const std::string& what) {
  if (!terminal_) return;
  clear_line();
  const std::string left = seconds_left_ < 0 ? "" : fmt::format(", about {} left", duration_text(seconds_left_));
  write_if_possible(stream_, what + left);
  line_open_ = true;
}

void Progress::block_done(int block, int blocks, double seconds_left) {
  seconds_left_ = seconds_left;
  if (terminal_) return;
  const bool known = seconds_left > 0 && block < blocks;
  say(fmt::format("block {} of {} done{}", block, blocks,
                  known ? fmt::format(", about {} left", duration_text(seconds_left)) : ""));
}

std::string duration_text(double seconds) {
  const long whole = std::lround(std::max(seconds, 0.0));
  if (whole < 100) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace cuparity
