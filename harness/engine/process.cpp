#include "harness/engine/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include "harness/engine/spawn.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

using Clock = std::chrono::steady_clock;
/// How late a stop or the end of a process is seen where no file descriptor announces it.
constexpr int poll_milliseconds = 20;
/// Between a request to end (SIGTERM) and SIGKILL.
constexpr std::chrono::milliseconds grace{1000};

/// The one place where a signal handler can find what to kill. A few runners may work at once (tests).
std::array<std::atomic<pid_t>, 16> running_groups;

class RegisteredGroup {
 public:
  explicit RegisteredGroup(pid_t group) {
    for (auto& slot : running_groups) {
      pid_t empty = 0;
      if (slot.compare_exchange_strong(empty, group)) {
        slot_ = &slot;
        return;
      }
    }
  }
  ~RegisteredGroup() {
    if (slot_ != nullptr) slot_->store(0);
  }
  RegisteredGroup(const RegisteredGroup&) = delete;
  RegisteredGroup& operator=(const RegisteredGroup&) = delete;

 private:
  std::atomic<pid_t>* slot_ = nullptr;
};

class FileDescriptor {
 public:
  explicit FileDescriptor(int file = -1) : file_(file) {}
  FileDescriptor(FileDescriptor&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&&) = delete;
  ~FileDescriptor() { close(); }
  void close() {
    if (file_ >= 0) ::close(file_);
    file_ = -1;
  }
  int get() const { return file_; }

 private:
  int file_;
};

/// The last `limit` bytes of a stream.
class Tail {
 public:
  explicit Tail(std::size_t limit) : limit_(limit) {}

  void append(const char* data, std::size_t size) {
    text_.append(data, size);
    // Cut rarely: a flood must not cost a move of the buffer for each read.
    if (text_.size() > 4 * limit_ + 65536) text_.erase(0, text_.size() - limit_);
  }
  std::string take() {
    if (text_.size() > limit_) text_.erase(0, text_.size() - limit_);
    return std::move(text_);
  }

 private:
  std::size_t limit_;
  std::string text_;
};

/// A process whose end can be waited for together with its output.
class Watch {
 public:
  Watch(pid_t process, FileDescriptor output, std::size_t tail_bytes)
      : process_(process),
        output_(std::move(output)),
        end_(static_cast<int>(syscall(SYS_pidfd_open, process, 0))),
        tail_(tail_bytes) {}

  /// Reads output until the process ended or `until`; true when it ended.
  bool wait(Clock::time_point until, const std::function<bool()>& stop_requested, bool& stopped) {
    while (!ended()) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
      if (left <= 0) return false;
      if (stop_requested && stop_requested()) {
        stopped = true;
        return false;
      }
      std::array<pollfd, 2> files = {pollfd{output_.get(), POLLIN, 0}, pollfd{end_.get(), POLLIN, 0}};
      // Without a pidfd (before Linux 5.3) the end is looked for at a shorter interval.
      const int interval = end_.get() >= 0 ? poll_milliseconds : 2;
      const int ready =
          poll(files.data(), files.size(), static_cast<int>(std::min<long long>(left, interval)));
      if (ready > 0 && files[0].revents != 0) read_some();
    }
    return true;
  }

  /// Once the process has ended: what its pipe still holds, without waiting for others that have it open.
  void drain() {
    if (output_.get() < 0) return;
    fcntl(output_.get(), F_SETFL, O_NONBLOCK);
    const auto until = Clock::now() + grace;
    while (output_.get() >= 0 && Clock::now() < until && read_some()) {
    }
  }

  int status() const { return status_; }
  std::string take_tail() { return tail_.take(); }

 private:
  bool ended() {
    if (ended_) return true;
    const pid_t waited = waitpid(process_, &status_, WNOHANG);
    ended_ = waited == process_ || (waited < 0 && errno == ECHILD);
    return ended_;
  }

  bool read_some() {
    std::array<char, 65536> buffer;
    const ssize_t size = read(output_.get(), buffer.data(), buffer.size());
    if (size > 0) {
      tail_.append(buffer.data(), static_cast<std::size_t>(size));
      return true;
    }
    if (size < 0 && errno == EINTR) return true;
    if (size == 0) output_.close();
    return false;
  }

  pid_t process_;
  FileDescriptor output_;
  FileDescriptor end_;
  Tail tail_;
  int status_ = 0;
  bool ended_ = false;
};

/// SIGTERM, then SIGKILL, to the whole group; returns when the leader has been reaped.
void end_group(pid_t group, Watch& watch) {
  bool ignored = false;
  kill(-group, SIGTERM);
  if (!watch.wait(Clock::now() + grace, nullptr, ignored)) {
    kill(-group, SIGKILL);
    // SIGKILL can't be refused, but a process inside a driver call ends only when that call returns.
    watch.wait(Clock::now() + std::chrono::seconds(20), nullptr, ignored);
  }
}

}  // namespace

ProcessResult run_process(const ChildProcess& child) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    throw EnvironmentError(fmt::format("making a pipe failed: {}", std::strerror(errno)));
  }
  FileDescriptor output(ends[0]);
  FileDescriptor input(ends[1]);
  const Clock::time_point start = Clock::now();
  const pid_t process = spawn_child(child, input.get());
  input.close();

  const RegisteredGroup registered(process);
  Watch watch(process, std::move(output), child.output_tail_bytes);
  ProcessResult result;
  if (!watch.wait(start + child.time_limit, child.stop_requested, result.interrupted)) {
    result.timed_out = !result.interrupted;
    if (child.before_kill) child.before_kill();
    end_group(process, watch);
  }
  result.wall_seconds = std::chrono::duration<double>(Clock::now() - start).count();
  // The leader is gone; what it left behind in its group must not disturb the next trial.
  kill(-process, SIGKILL);
  watch.drain();
  result.standard_error = watch.take_tail();
  const int status = watch.status();
  result.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return result;
}

void kill_running_processes() {
  for (auto& slot : running_groups) {
    const pid_t group = slot.load();
    if (group > 0) kill(-group, SIGKILL);
  }
}

}  // namespace cuparity
