#include "harness/engine/spawn.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "harness/errors.hpp"

extern char** environ;

namespace cuparity {
namespace {

/// GoogleTest and Google Benchmark read options there: meant for other programs, they would change what ours measure.
bool is_of_test_library(const std::string& variable) {
  return variable.starts_with("GTEST_") || variable.starts_with("BENCHMARK_");
}

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (is_of_test_library(text)) continue;
    if (added.count(text.substr(0, text.find('='))) == 0) merged.push_back(text);
  }
  for (const auto& [name, value] : added) merged.push_back(name + "=" + value);
  return merged;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// What the child needs of its parent, made before it is there.
struct Birth {
  char* const* arguments;
  char* const* variables;
  int output;
  int report;  ///< where errno goes if the program can't be started
  pid_t parent;
};

void give_default_signals() {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) sigaction(signal, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool redirect_to_null_and(int output) {
  const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  return null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 && dup2(output, STDERR_FILENO) >= 0;
}

/// In the child, whose memory is its parent's until exec: system calls alone.
[[noreturn]] void become_program(const Birth& birth) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != birth.parent) _exit(127);  // it ended before that, and nothing would announce it
  give_default_signals();
  if (redirect_to_null_and(birth.output)) execvpe(birth.arguments[0], birth.arguments, birth.variables);
  const int failure = errno;
  [[maybe_unused]] const ssize_t written = write(birth.report, &failure, sizeof failure);
  _exit(127);
}

/// Returns the child's number, or -1 with errno. vfork, as posix_spawn has it, because copying this program's page tables would
/// be part of every start that is timed. No signal handler of ours may run in the child.
pid_t give_birth(const Birth& birth) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  const pid_t process = vfork();
  if (process == 0) become_program(birth);
  const int failure = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = failure;
  return process;
}

/// 0: the program has begun. The pipe closes at exec.
int reported_failure(int report) {
  int failure = 0;
  ssize_t size = 0;
  do size = read(report, &failure, sizeof failure);
  while (size < 0 && errno == EINTR);
  return size == static_cast<ssize_t>(sizeof failure) ? failure : 0;
}

}  // namespace

pid_t spawn_child(const ChildProcess& child, int output) {
  std::vector<std::string> words = child.command;
  std::vector<std::string> environment = merged_environment(child.environment);
  const std::vector<char*> arguments = pointers(words), variables = pointers(environment);
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) throw EnvironmentError(fmt::format("making a pipe failed: {}", std::strerror(errno)));
  const pid_t process = give_birth({arguments.data(), variables.data(), output, report[1], getpid()});
  int failure = process < 0 ? errno : 0;
  close(report[1]);
  if (process > 0) failure = reported_failure(report[0]);
  close(report[0]);
  if (failure == 0) return process;
  if (process > 0) waitpid(process, nullptr, 0);
  throw EnvironmentError(fmt::format("starting {} failed: {}", child.command.front(), std::strerror(failure)));
}

}  // namespace cuparity
