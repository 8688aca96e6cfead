#include "harness/redact/pseudonyms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "harness/errors.hpp"
#include "harness/record/json_fields.hpp"
#include "harness/redact/characters.hpp"
#include "harness/redact/one_way_digest.hpp"

namespace cuparity {
namespace {

std::string device_digest(const std::string& digits) { return one_way_digest("cuparity device " + digits); }

const char* prefix_of(UuidKind kind) {
  return kind == UuidKind::gpu ? "gpu" : kind == UuidKind::mig ? "mig" : "uuid";
}

}  // namespace

Pseudonyms::Pseudonyms(const nlohmann::json& json) {
  std::map<std::string, std::string> names;
  from_json_value(json, "pseudonyms", names);
  for (const auto& [name, digest] : names) {
    const std::size_t dash = name.rfind('-');
    int number = 0;
    const char* end = name.data() + name.size();
    if (dash == std::string::npos || std::from_chars(name.data() + dash + 1, end, number).ptr != end) {
      throw UsageError(fmt::format("pseudonyms: expected names such as gpu-1, found \"{}\"", name));
    }
    by_digest_[digest] = name;
    int& last = last_number_[name.substr(0, dash)];
    last = std::max(last, number);
  }
}

bool Pseudonyms::made(const nlohmann::json& json) {
  try {
    return !Pseudonyms(json).by_digest_.empty();
  } catch (const UsageError&) {
    return false;
  }
}

std::string Pseudonyms::name(const Uuid& uuid) {
  std::string digits = lower(uuid.digits);
  std::erase(digits, '-');
  const std::lock_guard lock(mutex_);
  const auto known = by_digits_.lower_bound(digits);
  if (known != by_digits_.end() && known->first.starts_with(digits)) return known->second;
  std::string& name = by_digest_[device_digest(digits)];
  if (name.empty()) {
    const std::string prefix = prefix_of(uuid.kind);
    name = fmt::format("{}-{}", prefix, ++last_number_[prefix]);
  }
  return by_digits_[digits] = name;
}

nlohmann::json Pseudonyms::to_json() const {
  const std::lock_guard lock(mutex_);
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [digest, name] : by_digest_) json[name] = digest;
  return json;
}

}  // namespace cuparity
