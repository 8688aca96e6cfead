#include "bench/context.hpp"

#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "environment/process_environment.hpp"
#include "kernels/device/description.hpp"
#include "source_digest.hpp"  // made by the build

namespace cuparity {

const char* source_digest() { return CUPARITY_SOURCE_DIGEST; }

std::map<std::string, std::string> process_context(const BackendChoice& choice) {
  std::map<std::string, std::string> members = environment::process_environment();
  for (const auto& [name, value] : describe_device(choice.context.get())) members[name] = value;
  members["cuparity_version"] = CUPARITY_VERSION;
  members["source_digest"] = source_digest();
  members["backend"] = to_string(choice.backend);
  members["backend_reason"] = choice.reason;
  const double seconds = seconds_since_process_start();
  if (seconds >= 0) members["process_seconds_before_benchmarks"] = std::to_string(seconds);
  return members;
}

double seconds_since_process_start() {
  std::ifstream file("/proc/self/stat");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const std::size_t name_end = text.rfind(')');  // the name may hold anything, spaces and brackets included
  if (name_end == std::string::npos) return -1;
  std::istringstream fields(text.substr(name_end + 1));
  std::string field;
  for (int number = 3; number <= 22; ++number) fields >> field;  // 22: start, in clock ticks since boot
  timespec now{};
  if (!fields || clock_gettime(CLOCK_BOOTTIME, &now) != 0) return -1;
  const double started = std::strtod(field.c_str(), nullptr) / static_cast<double>(sysconf(_SC_CLK_TCK));
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec) - started;
}

}  // namespace cuparity
