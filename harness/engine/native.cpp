#include "harness/engine/native.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string_view>
#include <utility>

#include "harness/digest.hpp"
#include "harness/engine/process.hpp"

namespace cuparity {
namespace {

/// Whether the Docker engine answers on its socket from outside this program's process namespace: the
/// kernel then reports its process id as 0.
bool docker_engine_outside() {
  const char* host = std::getenv("DOCKER_HOST");
  std::string path = "/var/run/docker.sock";
  if (host != nullptr && std::strncmp(host, "unix://", 7) == 0) path = host + 7;
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return false;
  std::strcpy(address.sun_path, path.c_str());
  const int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (file < 0) return false;
  ucred peer = {};
  socklen_t size = sizeof(peer);
  const bool answered = connect(file, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
                        getsockopt(file, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
  close(file);
  return answered && peer.pid == 0;
}

/// Whether process 1 has another root folder than this program (a container with --pid=host).
bool first_process_has_other_root() {
  struct stat own = {};
  struct stat first = {};
  if (stat("/", &own) != 0 || stat("/proc/1/root/", &first) != 0) return false;
  return own.st_dev != first.st_dev || own.st_ino != first.st_ino;
}

/// Nothing where it can't be read.
void add_file(const std::filesystem::path& path, Fnv& digest) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 1 << 16> bytes;
  while (file.read(bytes.data(), bytes.size()) || file.gcount() > 0)
    digest.add(std::string_view(bytes.data(), static_cast<std::size_t>(file.gcount())));
}

}  // namespace

bool inside_foreign_container() {
  const bool marked = access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0;
  return marked && (docker_engine_outside() || first_process_has_other_root());
}

NativeEngine::NativeEngine(std::filesystem::path binary_folder, std::vector<std::string> launcher,
                           std::function<bool()> stop_requested)
    : binary_folder_(std::move(binary_folder)),
      launcher_(std::move(launcher)),
      stop_requested_(std::move(stop_requested)) {}

std::filesystem::path NativeEngine::output_path(const ProcessRequest& request) const {
  return request.output_folder;
}

std::filesystem::path NativeEngine::binary_folder() const { return binary_folder_; }

ProcessResult NativeEngine::run(const ProcessRequest& request, const AccessMode&) {
  ChildProcess child;
  child.command = launcher_;
  child.command.insert(child.command.end(), request.command.begin(), request.command.end());
  child.environment = request.environment;
  child.time_limit = request.time_limit;
  child.output_tail_bytes = request.output_tail_bytes;
  child.stop_requested = stop_requested_;
  return run_process(child);
}

std::string NativeEngine::unusable(const AccessMode&) {
  if (!launcher_.empty()) return "";
  if (inside_foreign_container()) {
    return "cuparity itself runs inside a container, so 'native' would measure that container: run it on the "
           "host, or "
           "set CUPARITY_NATIVE_LAUNCHER='nsenter --target 1 --mount --' in a privileged container with "
           "--pid=host";
  }
  for (const char* program : {"cuparity-bench", "cuparity-validate"}) {
    const std::filesystem::path path = binary_folder_ / program;
    if (access(path.c_str(), X_OK) != 0) {
      return fmt::format(
          "{} is not there or can't be executed: build it (cmake --build build/release) or give its "
          "folder with --bin",
          path.string());
    }
  }
  return "";
}

std::map<std::string, std::string> NativeEngine::describe() {
  std::map<std::string, std::string> facts;
  Fnv digest;
  for (const char* program : {"cuparity-bench", "cuparity-validate"}) add_file(binary_folder_ / program, digest);
  facts["native_programs_digest"] = digest.text();
  if (!launcher_.empty()) facts["native_launcher"] = fmt::format("{}", fmt::join(launcher_, " "));
  return facts;
}

}  // namespace cuparity
