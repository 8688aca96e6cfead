#include "harness/engine/interrupt.hpp"

#include <unistd.h>

#include <atomic>

#include "harness/engine/process.hpp"

namespace cuparity {
namespace {

constexpr int signals[] = {SIGINT, SIGTERM, SIGHUP};
// A signal handler reaches nothing else.
std::atomic<int> received{0};

void handle(int signal) {
  if (received.fetch_add(1) == 0) return;
  kill_running_processes();
  _exit(128 + signal);
}

}  // namespace

Interrupt::Interrupt() {
  received = 0;
  struct sigaction action = {};
  action.sa_handler = handle;
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < 3; ++i) {
    sigaction(signals[i], nullptr, &previous_[i]);
    // nohup ignores SIGHUP, and means it; a script's shell ignores SIGINT for all that it starts with '&': it does not.
    const bool stays_ignored = previous_[i].sa_handler == SIG_IGN && signals[i] != SIGINT;
    if (!stays_ignored) sigaction(signals[i], &action, nullptr);
  }
}

Interrupt::~Interrupt() {
  for (int i = 0; i < 3; ++i) sigaction(signals[i], &previous_[i], nullptr);
}

bool Interrupt::requested() { return received > 0; }

}  // namespace cuparity
