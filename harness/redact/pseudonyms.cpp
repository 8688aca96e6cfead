#include "harness/redact/pseudonyms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <charconv>

#include "harness/errors.hpp"
#include "harness/record/json_fields.hpp"
#include "harness/redact/characters.hpp"

namespace cuparity {
namespace {

/// A name-based UUID (RFC 4122, version 5), SHA-1 inside.
std::string digest_of(const std::string& digits) {
  return to_string(boost::uuids::name_generator_sha1(boost::uuids::ns::oid())("cuparity device " + digits));
}

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

std::string Pseudonyms::name(const Uuid& uuid) {
  std::string digits = lower(uuid.digits);
  std::erase(digits, '-');
  const std::lock_guard lock(mutex_);
  const auto known = by_digits_.lower_bound(digits);
  if (known != by_digits_.end() && known->first.starts_with(digits)) return known->second;
  std::string& name = by_digest_[digest_of(digits)];
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
