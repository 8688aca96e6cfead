// Is the image there?
#include <fmt/format.h>

#include "harness/doctor/checks/checks.hpp"

namespace cuparity {

void check_image(const Probe& probe, Findings& findings) {
  bool any = false;
  std::string image;
  for (const ImageFact& fact : probe.images) {
    image = fact.image;
    if (!fact.present) continue;
    any = true;
    findings.push_back({"image.ok",
                        Severity::ok,
                        fmt::format("Image {} is there for {}", fact.image, fact.engine),
                        "",
                        fact.id,
                        {}});
  }
  if (any || probe.images.empty()) return;
  findings.push_back({"image.missing",
                      Severity::warning,
                      fmt::format("Image {} is not there", image),
                      "It has not been built or pulled yet; so nothing could be started to see whether a "
                      "container gets the GPU.",
                      "asked: " + probe.images.front().engine,
                      {"./scripts/build-image", "or name another one: --image I"}});
}

}  // namespace cuparity
