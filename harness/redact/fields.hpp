// Which names of fields, variables and flags say that their value identifies somebody or something.
#pragma once

#include <string_view>

namespace cuparity {

enum class FieldKind { other, host, user, serial, secret, container, mac, digest, version, gpu };

/// `name` as in JSON, an environment variable or a flag: "host_name", "variable_HOSTNAME", "--user".
FieldKind field_kind(std::string_view name);

/// "image_digest", "commit", "file_hash": of what was made of something, so that it names no machine.
bool names_a_digest(std::string_view name);

/// "and", "of", "the": neither a name nor the value of a flag.
bool is_word_of_sentences(std::string_view word);

/// Words of this field that a host or user may be called too ("native", "gpu", "root"): they identify
/// nobody, and replacing them would make nonsense of modes and benchmarks.
bool is_everyday_word(std::string_view word);

}  // namespace cuparity
