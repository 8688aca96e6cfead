#include "environment/standard_output.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace cuparity::environment {

void open_standard_streams() {
  for (int stream = 0; stream <= 2; ++stream) {
    if (fcntl(stream, F_GETFD) == -1) open("/dev/null", O_RDWR);  // takes the lowest free number: this one
  }
}

std::optional<std::string> output_failure() {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return std::nullopt;
  if (errno == EPIPE) return "";
  const std::string reason = errno == 0 ? "" : std::string(" (") + std::strerror(errno) + ")";  // of an earlier write: gone
  return "writing to stdout failed" + reason + "; what stands there is not complete";
}

int exit_code_after_output(const std::string& program, int exit_code) {
  const std::optional<std::string> lost = output_failure();
  if (lost && !lost->empty()) std::fprintf(stderr, "%s: %s\n", program.c_str(), lost->c_str());
  return lost ? 4 : exit_code;
}

}  // namespace cuparity::environment
