#include "harness/access/memory_holder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "harness/doctor/gather.hpp"
#include "harness/engine/last_words.hpp"

extern char** environ;

namespace cuparity {
namespace {

using nlohmann::json;
using SteadyClock = std::chrono::steady_clock;

/// Ours without what would hide a GPU from the process.
std::vector<char*> holder_environment() {
  std::vector<char*> variables;
  for (char** entry = environ; *entry != nullptr; ++entry)
    if (std::strncmp(*entry, "CUDA_VISIBLE_DEVICES=", 21) != 0) variables.push_back(*entry);
  variables.push_back(nullptr);
  return variables;
}

/// In a group of its own, so that all of it can be ended; -1 with errno.
pid_t spawn(std::vector<std::string> command, int input, int output) {
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const std::vector<char*> variables = holder_environment();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  pid_t process = -1;
  errno = posix_spawn(&process, arguments[0], &actions, &attributes, arguments.data(), variables.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return errno == 0 ? process : -1;
}

void close_file(int& file) {
  if (file >= 0) close(file);
  file = -1;
}

bool has_ended_within(pid_t process, std::chrono::milliseconds limit) {
  const auto until = SteadyClock::now() + limit;
  for (;;) {
    if (waitpid(process, nullptr, WNOHANG) != 0) return true;
    if (SteadyClock::now() >= until) return false;
    usleep(5000);
  }
}

std::string string_in(const json& object, const char* key) {
  return object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : "";
}

}  // namespace

MemoryHolder::MemoryHolder(std::filesystem::path probe_folder, std::vector<HostGpu> gpus,
                           std::chrono::milliseconds handles_within)
    : probe_folder_(std::move(probe_folder)), gpus_(std::move(gpus)), time_limit_(handles_within) {}

MemoryHolder::~MemoryHolder() { end(); }

ForeignMemory MemoryHolder::memory_outside(const std::vector<std::string>& asked_uuids) {
  ForeignMemory memory;
  std::vector<std::string> foreign;
  for (const HostGpu& gpu : gpus_)
    if (std::find(asked_uuids.begin(), asked_uuids.end(), gpu.uuid) == asked_uuids.end()) foreign.push_back(gpu.uuid);
  if (foreign.empty()) {
    if (gpus_.size() == 1) memory.obstacle = "this host has one GPU, so none that was not asked for";
    else if (!gpus_.empty()) memory.obstacle = "every GPU of this host was asked for";
    return memory;
  }
  if (!started_) start();
  std::vector<std::string> failures;
  for (const std::string& uuid : foreign) {
    if (const auto handle = handles_.find(uuid); handle != handles_.end()) memory.handles.insert(*handle);
    else if (failures_.count(uuid) > 0) failures.push_back(failures_[uuid]);
  }
  if (memory.handles.empty())
    memory.obstacle = "the host holds no memory to open: " +
                      (failure_.empty() ? fmt::format("{}", fmt::join(failures, "; ")) : failure_);
  else if (!failures.empty())
    memory.obstacle = fmt::format("of {} GPUs not asked for the host holds memory on {}: {}", foreign.size(),
                                  memory.handles.size(), fmt::join(failures, "; "));
  return memory;
}

void MemoryHolder::start() {
  started_ = true;
  int input[2], output[2];
  if (pipe2(input, O_CLOEXEC) != 0) {
    failure_ = fmt::format("making a pipe failed: {}", std::strerror(errno));
    return;
  }
  input_ = input[1];
  if (pipe2(output, O_CLOEXEC) != 0) {
    failure_ = fmt::format("making a pipe failed: {}", std::strerror(errno));
    close_file(input[0]);
    return;
  }
  output_ = output[0];
  std::vector<std::string> command = {(probe_folder_ / "cuparity-probe").string()};
  for (const HostGpu& gpu : gpus_) command.insert(command.end(), {"--hold", gpu.pci_bus_id});
  process_ = spawn(command, input[0], output[1]);
  if (process_ < 0) failure_ = fmt::format("starting {} failed: {}", command.front(), std::strerror(errno));
  close_file(input[0]);
  close_file(output[1]);
  if (process_ >= 0) take(read_answer());
  if (handles_.empty()) end();
}

/// To the first line of JSON, the end of the output or the time limit.
std::string MemoryHolder::read_answer() {
  const auto until = SteadyClock::now() + time_limit_;
  std::string output;
  while (last_json(output).is_null()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - SteadyClock::now()).count();
    if (left <= 0) {
      failure_ = fmt::format("no handle within {} ms; the process was ended", time_limit_.count());
      return "";
    }
    pollfd ready = {output_, POLLIN, 0};
    if (poll(&ready, 1, static_cast<int>(left)) <= 0) continue;
    std::array<char, 4096> buffer;
    const ssize_t size = read(output_, buffer.data(), buffer.size());
    if (size > 0) output.append(buffer.data(), static_cast<std::size_t>(size));
    if (size == 0 || (size < 0 && errno != EINTR)) break;
  }
  return output;
}

void MemoryHolder::take(const std::string& output) {
  if (!failure_.empty()) return;
  const json answer = last_json(output);
  if (answer.is_null() || !answer.contains("held")) {
    failure_ = answer.is_null() ? last_words(output) : string_in(answer, "failure");
    if (failure_.empty()) failure_ = "cuparity-probe --hold ended without a word";
    return;
  }
  for (const HostGpu& gpu : gpus_) {
    const json held = answer["held"].value(gpu.pci_bus_id, json::object());
    if (const std::string handle = string_in(held, "handle"); !handle.empty()) handles_[gpu.uuid] = handle;
    else failures_[gpu.uuid] = fmt::format("GPU {}: {} says {} ({})", gpu.index, string_in(held, "called"),
                                           string_in(held, "name"), held.value("code", -1));
  }
}

/// A process inside a driver call ends only when that call returns; it is not waited for long.
void MemoryHolder::end() {
  close_file(input_);
  if (process_ >= 0) {
    if (!failure_.empty() || !has_ended_within(process_, std::chrono::seconds(2))) {
      kill(-process_, SIGKILL);
      has_ended_within(process_, std::chrono::seconds(2));
    }
    process_ = -1;
  }
  close_file(output_);
}

}  // namespace cuparity
