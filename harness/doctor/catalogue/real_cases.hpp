// Failures made to happen on a real engine, a real loader, a real package manager: scripts whose own words the
// doctor must know.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace cuparity {

/// Where a script can run; the test skips with the reason elsewhere.
enum class RealPlace {
  here,        ///< any machine; may start its own dockerd (CUPARITY_TEST_DOCKERD names another one than PATH's)
  gpu_machine  ///< needs a GPU, Docker and the NVIDIA Container Toolkit
};

struct RealCase {
  const char* name;
  const char* script;  ///< of sh, after real_case_prelude(); exit code 77 and a last line: why it can't be tried
  const char* id;      ///< of the known problem that must be among the causes
  RealPlace place = RealPlace::here;
};

const std::vector<RealCase>& real_cases();

/// How GoogleTest names a case.
inline void PrintTo(const RealCase& test, std::ostream* out) { *out << test.script; }

/// Shell functions of the scripts: skip, need, compile, own_dockerd, $R to run a container, $IMAGE.
std::string real_case_prelude(const std::string& image);

}  // namespace cuparity
