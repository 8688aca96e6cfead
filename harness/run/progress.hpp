// What a person sees while a run goes on: one line that rewrites itself on a terminal, plain lines elsewhere.
#pragma once

#include <cstdio>
#include <string>

namespace cuparity {

class Progress {
 public:
  /// `terminal`: whether `stream` can rewrite a line.
  Progress(std::FILE* stream, bool terminal);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// A line that stays, e.g. a wrong result.
  void say(const std::string& line);
  /// What is being done now; on a terminal only.
  void doing(const std::string& what);
  /// A finished block; `seconds_left` below 0: unknown.
  void block_done(int block, int blocks, double seconds_left);
  /// Takes away the line that rewrites itself.
  void finish() { clear_line(); }

 private:
  void clear_line();

  std::FILE* stream_;
  bool terminal_;
  bool line_open_ = false;
  double seconds_left_ = -1;
};

/// "45 s", "3 min 20 s", "2 h 5 min".
std::string duration_text(double seconds);

}  // namespace cuparity
