#include "bench/context.hpp"

#include <omp.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "environment/process_environment.hpp"

#ifdef CUPARITY_HAVE_OPENBLAS
#include <cblas.h>
#endif
#ifdef CUPARITY_HAVE_ONEDNN
#include <dnnl.h>
#endif

namespace cuparity {
namespace {

void add_host_libraries(std::map<std::string, std::string>& members) {
  members["threads"] = std::to_string(omp_get_max_threads());
#ifdef CUPARITY_HAVE_OPENBLAS
  members["openblas_config"] = openblas_get_config();
#endif
#ifdef CUPARITY_HAVE_ONEDNN
  const dnnl_version_t* version = dnnl_version();
  members["onednn_version"] = std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
                              std::to_string(version->patch);
#endif
}

}  // namespace

std::map<std::string, std::string> process_context(const BackendChoice& choice,
                                                   const device::Context* context) {
  std::map<std::string, std::string> members = environment::process_environment();
  members["cuparity_version"] = CUPARITY_VERSION;
  members["backend"] = to_string(choice.backend);
  members["backend_reason"] = choice.reason;
  add_host_libraries(members);
#ifdef CUPARITY_HAVE_CUDA
  if (context != nullptr) add_gpu_context(*context, members);
#else
  static_cast<void>(context);
#endif
  return members;
}

double seconds_since_process_start() {
  std::ifstream file("/proc/self/stat");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const std::size_t name_end = text.rfind(')');  // the name may hold anything, spaces and brackets included
  if (name_end == std::string::npos) return -1;
  std::istringstream fields(text.substr(name_end + 1));
  std::string field;
  for (int number = 3; number <= 22 && fields >> field; ++number) {
  }
  timespec now{};
  if (!fields || clock_gettime(CLOCK_BOOTTIME, &now) != 0) return -1;
  const double started = std::strtod(field.c_str(), nullptr) / static_cast<double>(sysconf(_SC_CLK_TCK));
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec) - started;
}

}  // namespace cuparity
