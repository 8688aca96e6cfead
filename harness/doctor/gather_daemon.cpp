// dockerd's own view: the PATH it was started with, and when.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "environment/text_file.hpp"
#include "harness/doctor/gather.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

/// Field 22 of /proc/PID/stat, in clock ticks since boot, and /proc/stat's btime (proc(5)).
double start_time(const fs::path& root, const fs::path& process) {
  const std::string stat = environment::read_text_file(process / "stat").value_or("");
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos) return 0;
  const std::vector<std::string> fields = environment::split(stat.substr(name_end + 1), ' ');
  constexpr std::size_t start = 19;  // the third field is the first after the name
  const auto boot =
      environment::find_value(environment::read_text_file(root / "proc/stat").value_or(""), "btime", ' ');
  if (fields.size() <= start || !boot) return 0;
  return std::strtod(boot->c_str(), nullptr) +
         std::strtod(fields[start].c_str(), nullptr) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

std::optional<Daemon> find_daemon(const Sources& sources) {
  std::error_code error;
  for (fs::directory_iterator entry(sources.root / "proc", error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename();
    if (!std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; })) continue;
    if (environment::trim(environment::read_text_file(entry->path() / "comm").value_or("")) != "dockerd") continue;
    Daemon daemon;
    daemon.started = start_time(sources.root, entry->path());
    for (const std::string& variable :
         environment::split(environment::read_text_file(entry->path() / "environ").value_or(""), '\0')) {
      if (variable.starts_with("PATH=")) daemon.search_path = environment::split(variable.substr(5), ':');
    }
    return daemon;
  }
  return std::nullopt;
}

bool changed_after_daemon_start(const Sources& sources, const fs::path& file) {
  const auto daemon = find_daemon(sources);
  struct stat status {};
  if (!daemon || daemon->started <= 0 || stat(file.c_str(), &status) != 0) return false;
  return static_cast<double>(status.st_ctime) > daemon->started + 2;
}

}  // namespace cuparity
