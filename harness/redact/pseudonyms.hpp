// gpu-1, gpu-2 …: the same device under the same name throughout a publication.
#pragma once

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/redact/patterns.hpp"

namespace cuparity {

/// Safe to use from several threads; the names are in the order of the first use.
class Pseudonyms {
 public:
  Pseudonyms() = default;
  /// The names of an earlier publication, as to_json() wrote them. Throws UsageError.
  explicit Pseudonyms(const nlohmann::json& json);

  /// "gpu-1", "mig-1", "uuid-1". A UUID cut short gets the name of the one it begins.
  std::string name(const Uuid& uuid);

  /// {"gpu-1": one-way digest of the UUID}: enough to know the device again, not to know its UUID.
  nlohmann::json to_json() const;

  /// Whether to_json() made it, and there is at least one device in it.
  static bool made(const nlohmann::json& json);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> by_digest_;
  std::map<std::string, std::string> by_digits_;  ///< of this publication, for those cut short
  std::map<std::string, int> last_number_;        ///< by prefix
};

}  // namespace cuparity
