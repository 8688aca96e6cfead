// Ctrl-C: the first asks the run to stop and leave its results readable, the second ends everything at once.
#pragma once

#include <signal.h>

namespace cuparity {

/// While it lives, the first SIGINT, SIGTERM or SIGHUP sets requested(); one that comes a second later or more kills the
/// running process and this program. A SIGHUP or SIGTERM that was ignored (nohup) stays so. One at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  static bool requested();

 private:
  struct sigaction previous_[3];
};

}  // namespace cuparity
