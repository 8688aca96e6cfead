// cuparity-probe: a static program that works in any image. See look.hpp for what it prints.
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "environment/nvidia_driver.hpp"
#include "validate/access/device_node.hpp"
#include "validate/probe/hold.hpp"
#include "validate/probe/look.hpp"
#include "validate/probe/options.hpp"
#include "validate/probe/watch.hpp"

namespace {

using namespace cuparity::probe;
using nlohmann::json;

volatile sig_atomic_t asked_to_end = 0;

double boot_seconds() {
  timespec now = {};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// The nodes that are here at the start: one that disappears is lost too.
std::vector<std::string> watched_paths(const Options& options) {
  namespace environment = cuparity::environment;
  std::vector<std::string> paths = cuparity::validate::needed_nodes(
      environment::gpu_device_nodes(environment::nvidia_device_nodes("/")));
  paths.insert(paths.end(), options.paths.begin(), options.paths.end());
  return paths;
}

void keep_watching(const Options& options, FILE* out) {
  for (const int signal : {SIGTERM, SIGINT}) {
    struct sigaction action = {};
    action.sa_handler = [](int) { asked_to_end = 1; };
    sigaction(signal, &action, nullptr);
  }
  const std::vector<std::string> paths = watched_paths(options);
  const double end = options.watch_for.count() == 0
                         ? 0
                         : boot_seconds() + static_cast<double>(options.watch_for.count()) * 1e-3;
  Watch endless;
  endless.look = [&] {
    Opening opening;
    for (const auto& access : cuparity::validate::open_nodes(paths))
      opening.emplace_back(access.path, errno_name(access.error));
    return opening;
  };
  endless.say = [&](const json& line) {
    std::fprintf(out, "%s\n", line.dump().c_str());
    std::fflush(out);
  };
  endless.go_on = [&] {
    usleep(static_cast<useconds_t>(options.interval.count() * 1000));
    return asked_to_end == 0 && (end == 0 || boot_seconds() < end);
  };
  endless.now = boot_seconds;
  watch(endless);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  try {
    options = parse_options(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const OptionsEnd& end) {
    std::fputs(end.what(), end.exit_code == 0 ? stdout : stderr);
    return end.exit_code;
  }
  // A watch goes on in its file after the container was started again.
  FILE* out = options.out.empty() ? stdout : std::fopen(options.out.c_str(), options.watch ? "a" : "w");
  if (out == nullptr) {
    std::fprintf(stderr, "cuparity-probe: can't write %s\n", options.out.c_str());
    return 4;
  }
  if (options.watch) {
    keep_watching(options, out);
  } else {
    std::error_code error;
    const auto folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
    const json seen = options.hold.empty() ? look(options, folder) : hold(options, folder);
    std::fprintf(out, "%s\n", seen.dump(-1, ' ', true, json::error_handler_t::replace).c_str());
  }
  const bool written = std::fflush(out) == 0;
  return written ? 0 : 4;
}
