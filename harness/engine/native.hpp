// A process started directly on this machine.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/engine/engine.hpp"

namespace cuparity {

class NativeEngine : public Engine {
 public:
  /// `launcher`: words put before every command, e.g. nsenter --target 1 --mount -- where the harness itself
  /// runs in a container (CUPARITY_NATIVE_LAUNCHER).
  NativeEngine(std::filesystem::path binary_folder, std::vector<std::string> launcher,
               std::function<bool()> stop_requested);

  std::filesystem::path output_path(const ProcessRequest& request) const override;
  std::filesystem::path binary_folder() const override;
  ProcessResult run(const ProcessRequest& request, const AccessMode& mode) override;
  std::string unusable(const AccessMode& mode) override;
  std::map<std::string, std::string> describe() override;

 private:
  std::filesystem::path binary_folder_;
  std::vector<std::string> launcher_;
  std::function<bool()> stop_requested_;
};

/// Whether this program runs inside a container whose engine stands outside: what it starts "natively" would
/// then be in that container too. A machine that was merely made from an image (a marker file in its root,
/// its engine inside) is none.
bool inside_foreign_container();

}  // namespace cuparity
