// The request forms that the truth table tries: one declarative table, filled in with this host's GPUs.
#pragma once

#include <string>
#include <vector>

#include "harness/access/access_host.hpp"
#include "harness/access/access_mode.hpp"

namespace cuparity {

struct AccessRequest {
  std::string name;
  AccessMode mode;       ///< for a Compose row the flags of `docker run` that ask for the same
  std::string compose;   ///< YAML of the service's own keys; empty: not a Compose row
  std::string first_compose;  ///< the first version of Compose that knows it
  std::string shown;     ///< what a person typed
  std::string obstacle;  ///< why it can't be filled in on this host; then `mode` has its text alone
};

/// The rows of one engine: "docker", "podman" or "compose", in the table's order.
std::vector<AccessRequest> access_requests(const std::string& engine, const AccessHost& host);

}  // namespace cuparity
