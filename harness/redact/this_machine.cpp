#include "harness/redact/this_machine.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

namespace cuparity {

std::vector<std::string> names_of_this_machine() {
  std::vector<std::string> names;
  char host[256] = {};
  if (gethostname(host, sizeof host - 1) == 0) names.emplace_back(host);
  if (const passwd* entry = getpwuid(getuid())) names.emplace_back(entry->pw_name);
  for (const char* variable : {"USER", "LOGNAME", "SUDO_USER"}) {
    if (const char* value = std::getenv(variable)) names.emplace_back(value);
  }
  return names;
}

}  // namespace cuparity
