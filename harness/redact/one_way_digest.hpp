// Digests from which nobody reads what they were made of.
#pragma once

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <string>

namespace cuparity {

/// A name-based UUID (RFC 4122, version 5), SHA-1 inside.
inline std::string one_way_digest(const std::string& text) {
  return to_string(boost::uuids::name_generator_sha1(boost::uuids::ns::oid())(text));
}

}  // namespace cuparity
