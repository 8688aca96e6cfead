#include "environment/standard_output.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace cuparity::environment {

std::optional<std::string> output_failure() {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return std::nullopt;
  if (errno == EPIPE) return "";
  const std::string reason = errno == 0 ? "" : std::string(" (") + std::strerror(errno) + ")";  // of an earlier write: gone
  return "writing to stdout failed" + reason + "; what stands there is not complete";
}

}  // namespace cuparity::environment
