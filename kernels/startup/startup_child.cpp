#include "kernels/startup/startup_child.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <vector>

extern char** environ;

namespace cuparity {
namespace {

/// A pipe's two ends, closed at the end of the scope.
class Pipe {
 public:
  Pipe() {
    if (pipe2(ends_, O_CLOEXEC) != 0)
      throw std::runtime_error(std::string("making a pipe to a start-up probe: ") + std::strerror(errno));
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close(ends_[0]);
    close_writer();
  }
  int writer() const { return ends_[1]; }
  void close_writer() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }
  std::string read_all() const {
    std::string text;
    char buffer[4096];
    while (true) {
      const ssize_t count = read(ends_[0], buffer, sizeof buffer);
      if (count > 0) text.append(buffer, static_cast<std::size_t>(count));
      if (count == 0 || (count < 0 && errno != EINTR)) return text;
    }
  }

 private:
  int ends_[2] = {-1, -1};
};

std::vector<std::string> environment_with(const std::string& variable, const std::string& value) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) result.emplace_back(*entry);
  result.push_back(variable + "=" + value);
  return result;
}

/// The pid; standard output and standard error of the child go to `output`.
pid_t spawn(const std::string& program, std::vector<std::string> environment, int output) {
  std::vector<char*> pointers;
  for (std::string& entry : environment) pointers.push_back(entry.data());
  pointers.push_back(nullptr);
  char* arguments[] = {const_cast<char*>(program.c_str()), nullptr};

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  pid_t child = 0;
  const int failure = posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, pointers.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw std::runtime_error("starting " + program + ": " + std::strerror(failure));
  return child;
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      throw std::runtime_error(std::string("waiting for a start-up probe: ") + std::strerror(errno));
  return status;
}

std::string first_line(const std::string& text) {
  const std::string line = text.substr(0, text.find('\n'));
  return line.empty() ? "it said nothing" : line.substr(0, 400);
}

}  // namespace

StartupChild run_startup_child(const std::string& program, const std::string& variable,
                               const std::string& value) {
  const std::vector<std::string> environment = environment_with(variable, value);
  Pipe pipe;
  StartupChild result;
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = spawn(program, environment, pipe.writer());
  pipe.close_writer();
  result.output = pipe.read_all();
  const int status = wait_for(child);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (WIFSIGNALED(status))
    throw std::runtime_error("a start-up probe died of signal " + std::to_string(WTERMSIG(status)) + ": " +
                             first_line(result.output));
  if (WEXITSTATUS(status) != 0)
    throw std::runtime_error("a start-up probe exited with " + std::to_string(WEXITSTATUS(status)) + ": " +
                             first_line(result.output));
  return result;
}

std::string startup_program() {
  std::vector<char> buffer(4096);
  const ssize_t length = readlink("/proc/self/exe", buffer.data(), buffer.size());
  if (length <= 0) return {};
  const std::string self(buffer.data(), static_cast<std::size_t>(length));
  const std::string program = self.substr(0, self.rfind('/') + 1) + "cuparity-bench";
  return access(program.c_str(), X_OK) == 0 ? program : std::string();
}

}  // namespace cuparity
