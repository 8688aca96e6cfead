// A request for a GPU in Compose's words.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/engine/engine.hpp"

namespace cuparity {

/// A Compose file with one service, `probe`; `service_yaml` is one line (or lines indented by four) of its own keys.
std::string compose_yaml(const std::string& image, const std::string& service_yaml, const ProcessRequest& request,
                         const std::string& output_inside);

/// Writes the file into `request.output_folder`, runs the service to its end and takes away what Compose made.
ProcessResult run_compose(const std::vector<std::string>& compose, const std::string& image,
                          const std::string& service_yaml, const ProcessRequest& request,
                          const std::string& output_inside);

}  // namespace cuparity
