#include "harness/engine/interrupt.hpp"

#include <time.h>
#include <unistd.h>

#include <atomic>

#include "harness/engine/process.hpp"

namespace cuparity {
namespace {

constexpr int signals[] = {SIGINT, SIGTERM, SIGHUP};
// timeout(1) and a terminal that closes send one request twice.
constexpr long long one_request_nanoseconds = 1'000'000'000;
// A signal handler reaches nothing else. Of the first signal, by the monotonic clock; 0: none.
std::atomic<long long> requested_at{0};

long long now() {
  timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

void handle(int signal) {
  long long first = 0;
  if (requested_at.compare_exchange_strong(first, now())) return;
  if (now() - first < one_request_nanoseconds) return;
  kill_running_processes();
  constexpr char words[] = "cuparity: ended at once; a run keeps what was measured, --resume goes on\n";
  [[maybe_unused]] const auto written = write(STDERR_FILENO, words, sizeof words - 1);
  _exit(128 + signal);
}

}  // namespace

Interrupt::Interrupt() {
  requested_at = 0;
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

bool Interrupt::requested() { return requested_at != 0; }

}  // namespace cuparity
