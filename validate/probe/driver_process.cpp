#include "validate/probe/driver_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "environment/text_file.hpp"
#include "validate/probe/look_driver_files.hpp"

namespace cuparity::probe {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr const char* program_name = "cuparity-probe-driver";
constexpr std::size_t output_limit = 1 << 20;

#if defined(__aarch64__)
constexpr const char* loader_name = "ld-linux-aarch64.so.1";
#else
constexpr const char* loader_name = "ld-linux-x86-64.so.2";
#endif

json failed(const char* outcome, const std::string& failure) {
  return {{"outcome", outcome}, {"failure", failure}};
}

/// Reads to the end of the output or the time limit; true at the end.
bool read_all(int file, Clock::time_point until, std::string& output) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) return false;
    pollfd ready = {file, POLLIN, 0};
    if (poll(&ready, 1, static_cast<int>(left)) <= 0) continue;
    std::array<char, 4096> buffer;
    const ssize_t size = read(file, buffer.data(), buffer.size());
    if (size == 0 || (size < 0 && errno != EINTR)) return true;
    if (size > 0 && output.size() < output_limit) output.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

/// A process in a driver call may not be killable at once; it is then left behind rather than waited for.
int end_of(pid_t child) {
  for (int i = 0; i < 100; ++i) {
    int status = 0;
    if (waitpid(child, &status, WNOHANG) == child) return status;
    usleep(10000);
  }
  return 0;
}

[[noreturn]] void become_child(const std::vector<std::string>& command, int output) {
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  become(command);
  dprintf(STDERR_FILENO, "%s: %s\n", command.front().c_str(), std::strerror(errno));
  _exit(127);
}

json judge(const std::string& output, int status) {
  const auto lines = environment::split(output, '\n');
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    json answer = json::parse(*line, nullptr, false);
    if (answer.is_object()) return answer;
  }
  const std::string said = lines.empty() ? "" : ": " + lines.back();
  if (WIFSIGNALED(status)) return failed("crashed", std::string("ended by ") + strsignal(WTERMSIG(status)) + said);
  return failed("failed", "exit code " + std::to_string(WEXITSTATUS(status)) + said);
}

}  // namespace

DriverProcess own_driver_process(const fs::path& folder, std::chrono::milliseconds time_limit) {
  DriverProcess process;
  process.folder = folder;
  process.time_limit = time_limit;
  if (const char* path = std::getenv("LD_LIBRARY_PATH")) process.library_path = environment::split(path, ':');
  return process;
}

std::vector<std::string> driver_command(const DriverProcess& process, const std::vector<std::string>& words) {
  std::vector<std::string> command;
  const fs::path loader = process.folder / loader_name;
  if (access(loader.c_str(), X_OK) == 0) {
    std::string path = process.folder.string();
    for (const std::string& folder : process.library_path) path += ":" + folder;
    command = {loader.string(), "--library-path", path};
  }
  command.push_back((process.folder / program_name).string());
  command.insert(command.end(), words.begin(), words.end());
  return command;
}

void become(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
}

json ask_driver(const DriverProcess& process, const std::vector<std::string>& words) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return failed("failed", std::string("pipe: ") + std::strerror(errno));
  const std::vector<std::string> command = driver_command(process, words);
  const auto until = Clock::now() + process.time_limit;
  const pid_t child = fork();
  if (child == 0) become_child(command, ends[1]);
  close(ends[1]);
  std::string output;
  const bool ended = child > 0 && read_all(ends[0], until, output);
  close(ends[0]);
  if (child < 0) return failed("failed", std::string("fork: ") + std::strerror(errno));
  if (!ended) kill(child, SIGKILL);
  const int status = end_of(child);
  if (!ended) {
    return failed("hung", "no answer within " + std::to_string(process.time_limit.count()) + " ms; it was ended");
  }
  return judge(output, status);
}

json ask_where_found(DriverProcess& process, const std::vector<std::string>& words) {
  const json answer = ask_driver(process, words);
  if (answer.contains("library") || answer.value("outcome", "") != "failed") return answer;
  const auto folders = driver_library_folders("/");
  if (folders.empty()) return answer;
  DriverProcess wider = process;
  wider.library_path.insert(wider.library_path.end(), folders.begin(), folders.end());
  json second = ask_driver(wider, words);
  if (!second.contains("library")) return answer;
  second["linker_finds_it"] = false;
  process = wider;
  return second;
}

}  // namespace cuparity::probe
