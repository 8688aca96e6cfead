// An image as `PROGRAM image inspect` tells of it.
#pragma once

#include <optional>
#include <string>

namespace cuparity {

struct ImageFacts {
  std::string id;      ///< sha256:… as the engine names it
  std::string digest;  ///< NAME@sha256:… of the registry; empty where the engine knows none besides the ID
};

/// --format of the question.
inline constexpr const char* image_facts_format = "{{.Id}} {{range .RepoDigests}}{{.}} {{end}}";

/// The answer; nothing where no line of it begins with an image's ID.
std::optional<ImageFacts> read_image_facts(const std::string& answer);

/// The line that begins with an image's ID, without what stands around it: Podman 5 warns of cgroup v1 before it.
/// Empty where there is none.
std::string line_with_image_id(const std::string& answer);

}  // namespace cuparity
