// What the operating system takes to start things: the CPU backend's launch cases.
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>

#include "kernels/digest.hpp"
#include "kernels/launch/launch_backends.hpp"

extern char** environ;

namespace cuparity {
namespace {

constexpr const char* true_program = "/bin/true";

/// The operations of a host case: performs `count` of them and returns how many took place as asked.
using Operations = long (*)(long count);

long start_processes(long count) {
  long succeeded = 0;
  for (long i = 0; i < count; ++i) {
    char* arguments[] = {const_cast<char*>(true_program), nullptr};
    pid_t child = 0;
    const int failure = posix_spawn(&child, true_program, nullptr, nullptr, arguments, environ);
    if (failure != 0)
      throw std::runtime_error(std::string("starting ") + true_program + ": " + std::strerror(failure));
    int status = 0;
    if (waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0) ++succeeded;
  }
  return succeeded;
}

long start_threads(long count) {
  std::atomic<long> ran{0};
  for (long i = 0; i < count; ++i)
    std::thread([&ran] { ran.fetch_add(1, std::memory_order_relaxed); }).join();
  return ran.load();
}

long call_system(long count) {
  const long parent = getppid();
  long succeeded = 0;
  for (long i = 0; i < count; ++i) succeeded += syscall(SYS_getppid) == parent;
  return succeeded;
}

class HostLaunch final : public Execution {
 public:
  HostLaunch(Operations operations, long count) : operations_(operations), count_(count) {}

  void run() override {
    const long succeeded = operations_(count_);
    if (succeeded != count_) throw std::runtime_error(summary(succeeded));
  }

  Verification verify() override {
    const long succeeded = operations_(count_);
    return exact_verification(succeeded == count_, digest_bytes(&succeeded, sizeof succeeded),
                              summary(succeeded));
  }

 private:
  std::string summary(long succeeded) const {
    return std::to_string(succeeded) + " of " + std::to_string(count_) + " took place as asked";
  }

  Operations operations_;
  long count_;
};

std::optional<std::string> process_start_unsupported(device::Context*) {
  if (access(true_program, X_OK) == 0) return std::nullopt;
  return std::string(true_program) + " cannot be executed here: " + std::strerror(errno);
}

Case host_case(const std::string& name, Operations operations, long count) {
  Case result;
  result.name = name;
  result.backend = Backend::cpu;
  result.operations = static_cast<double>(count);
  result.timing = Timing::host_clock;
  result.unsupported = [](device::Context*) -> std::optional<std::string> { return std::nullopt; };
  if (operations == start_processes) result.unsupported = process_start_unsupported;
  result.prepare = [operations, count](device::Context*) -> std::unique_ptr<Execution> {
    return std::make_unique<HostLaunch>(operations, count);
  };
  return result;
}

}  // namespace

// Many operations a run make the clock's own cost vanish; a run still stays around a millisecond.
std::vector<Case> host_launch_bench_cases() {
  return {host_case("launch/process_start", start_processes, 2),
          host_case("launch/thread_start", start_threads, 50),
          host_case("launch/system_call", call_system, 1000)};
}

std::vector<Case> host_launch_validation_cases() {
  std::vector<Case> cases;
  for (long count : {0, 1, 7, 50})
    cases.push_back(host_case("launch/process_start/" + std::to_string(count), start_processes, count));
  for (long count : {0, 1, 33, 1000})
    cases.push_back(host_case("launch/thread_start/" + std::to_string(count), start_threads, count));
  for (long count : {0, 1, 99999, 1000000})
    cases.push_back(host_case("launch/system_call/" + std::to_string(count), call_system, count));
  return cases;
}

}  // namespace cuparity
