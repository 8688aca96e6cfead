#include "kernels/startup/startup_probe.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <time.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "kernels/random_input.hpp"

#ifdef CUPARITY_HAVE_CUDA
#include <cuda.h>
#include <dlfcn.h>

#include "kernels/startup/startup_kernel.hpp"
#endif

namespace cuparity {
namespace {

/// Seconds that `phase` takes.
template <typename Phase>
double seconds_of(Phase phase) {
  const auto begin = std::chrono::steady_clock::now();
  phase();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// The clock that a container shares with its host.
double boot_seconds() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

#ifdef CUPARITY_HAVE_CUDA

/// The driver's functions, by dlopen: the program is not linked with libcuda.
class Driver {
 public:
  Driver() : library_(dlopen("libcuda.so.1", RTLD_NOW)) {
    if (library_ == nullptr) {
      const char* reason = dlerror();
      throw std::runtime_error(reason != nullptr ? reason : "libcuda.so.1 can't be loaded");
    }
  }

  template <typename Function, typename... Arguments>
  void call(const char* name, Arguments... arguments) const {
    const auto function = reinterpret_cast<Function>(dlsym(library_, name));
    if (function == nullptr) throw std::runtime_error(std::string("libcuda.so.1 has no ") + name);
    const CUresult result = function(arguments...);
    if (result != CUDA_SUCCESS)
      throw std::runtime_error(std::string(name) + ": CUDA driver error " + std::to_string(result));
  }

 private:
  void* library_;
};

StartupPhases cuda_phases() {
  StartupPhases phases;
  const Driver driver;
  phases.seconds["cuinit"] = seconds_of([&] { driver.call<decltype(&cuInit)>("cuInit", 0u); });
  phases.seconds["context"] = seconds_of([&] {
    CUdevice device = 0;
    CUcontext context = nullptr;
    driver.call<decltype(&cuDeviceGet)>("cuDeviceGet", &device, 0);
    driver.call<decltype(&cuDevicePrimaryCtxRetain)>("cuDevicePrimaryCtxRetain", &context, device);
    driver.call<decltype(&cuCtxSetCurrent)>("cuCtxSetCurrent", context);
  });
  phases.seconds["module_load"] = seconds_of(load_startup_kernel);
  phases.seconds["first_kernel"] = seconds_of([] { run_startup_kernel(startup_argument); });
  phases.seconds["first_result"] = seconds_of([&] { phases.value = startup_kernel_result(); });
  return phases;
}

#else

StartupPhases cuda_phases() { throw std::runtime_error("this program was built without the CUDA backend"); }

#endif

StartupPhases cpu_phases() {
  StartupPhases phases;
  phases.seconds["first_result"] = seconds_of([&] { phases.value = mix64(startup_argument); });
  return phases;
}

std::uint64_t parse_value(const std::string& text) {
  char* end = nullptr;
  const std::uint64_t value = std::strtoull(text.c_str(), &end, 16);
  if (text.size() != 16 || *end != '\0') throw std::runtime_error("\"" + text + "\" is not 16 hex digits");
  return value;
}

}  // namespace

bool startup_probe_requested() { return std::getenv(startup_probe_variable) != nullptr; }

StartupPhases perform_startup_probe() {
  const double clock_begin = boot_seconds();
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // a probe that hangs must not outlive the benchmark
  const std::string backend = std::getenv(startup_probe_variable);
  if (backend != to_string(Backend::cuda) && backend != to_string(Backend::cpu))
    throw std::runtime_error(std::string(startup_probe_variable) + "=" + backend + ": expected cuda or cpu");
  StartupPhases phases = backend == to_string(Backend::cuda) ? cuda_phases() : cpu_phases();
  phases.seconds["clock_begin"] = clock_begin;
  phases.seconds["clock_end"] = boot_seconds();
  return phases;
}

std::string to_json_line(const StartupPhases& phases) {
  std::string line = "{";
  char text[64];
  for (const auto& [phase, seconds] : phases.seconds) {
    std::snprintf(text, sizeof text, "\":%.15g,", seconds);
    line += "\"" + phase + text;
  }
  std::snprintf(text, sizeof text, "\"value\":\"%016llx\"}", static_cast<unsigned long long>(phases.value));
  return line + text;
}

StartupPhases parse_startup_line(const std::string& line) {
  const auto reject = [&](const std::string& why) -> StartupPhases {
    throw std::runtime_error("reading a start-up probe's line (" + why + "): " + line.substr(0, 400));
  };
  StartupPhases phases;
  std::size_t position = 0;
  if (line.empty() || line[position++] != '{') return reject("it does not start with {");
  while (true) {
    const std::size_t key_end = line.find("\":", position);
    if (key_end == std::string::npos || line[position] != '"') return reject("a key is missing");
    const std::string key = line.substr(position + 1, key_end - position - 1);
    position = key_end + 2;
    if (key == "value") {
      if (line.size() < position + 19 || line.substr(position + 17, 2) != "\"}")
        return reject("it is cut off");
      phases.value = parse_value(line.substr(position + 1, 16));
      return phases;
    }
    char* end = nullptr;
    phases.seconds[key] = std::strtod(line.c_str() + position, &end);
    if (end == line.c_str() + position || *end != ',') return reject("no number stands after " + key);
    position = static_cast<std::size_t>(end - line.c_str()) + 1;
  }
}

}  // namespace cuparity
