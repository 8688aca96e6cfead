#include "harness/access/pick_modes.hpp"

#include <fmt/format.h>

#include "harness/errors.hpp"

namespace cuparity {
namespace {

/// The usual ways first; what needs no toolkit last.
std::vector<std::string> candidates(bool gpu) {
  if (!gpu) return {"docker:none", "podman:none"};
  return {"docker:--gpus=all", "docker:--device=nvidia.com/gpu=all", "docker:manual",
          "podman:--device=nvidia.com/gpu=all", "podman:manual"};
}

}  // namespace

std::vector<PickedMode> pick_modes(bool gpu,
                                   const std::function<std::string(const AccessMode&)>& failure_of) {
  std::string failures;
  for (const std::string& text : candidates(gpu)) {
    const AccessMode mode = parse_access_mode(text);
    const std::string failure = failure_of(mode);
    if (failure.empty()) {
      const std::string what = gpu ? "the first container mode that reaches the GPU here"
                                   : "a container without a GPU, since the CPU backend runs";
      return {{parse_access_mode("native"), "the baseline that containers are compared with"},
              {mode, failures.empty() ? what : fmt::format("{};{}", what, failures)}};
    }
    failures += fmt::format(" {} does not work: {};", text, failure);
  }
  throw EnvironmentError(
      fmt::format("no container mode works here:{} 'cuparity doctor' says more; './scripts/quickstart' "
                  "installs an engine and "
                  "builds the image; '--mode native' alone measures without a container",
                  failures));
}

}  // namespace cuparity
