// Values that the name in front of them says are to go: "hostname=node17", "serial number: 165…", "--api-token X".
#pragma once

#include <cstddef>
#include <string_view>

#include "harness/redact/fields.hpp"

namespace cuparity {

/// What a field of this kind shows instead of its value; nullptr: its value is looked through.
const char* placeholder_of(FieldKind kind);

struct Assignment {
  FieldKind kind = FieldKind::other;
  std::size_t value_begin = 0;
  std::size_t value_end = 0;
};

/// "name=value", "name: value" or "--name value" at `at`, if the name says that the value is to go.
Assignment assignment_at(std::string_view text, std::size_t at);

}  // namespace cuparity
