// Flags of `docker run` and `podman run` whose values name machines, people and what is theirs.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace cuparity {

enum class FlagValue {
  none,
  host,       ///< a host's name, or NAME:ADDRESS
  domain,     ///< a domain to look hosts up in
  user,       ///< NAME or NAME:GROUP; numbers and root are nobody
  container,  ///< a container's name, or NAME:ALIAS
  joined,     ///< container:NAME; all else stays
  network,    ///< as joined, or the name of a network of somebody's own
  volume,     ///< NAME:FOLDER; a path for the name is left to what looks for paths
  mount,      ///< type=volume,source=NAME,…; the same
  label,      ///< KEY=VALUE
  mac,
  secret
};

/// A part of a text that identifies, as what kind of value. Of mount, joined and so on it is the name within.
struct FlaggedPart {
  std::size_t begin = 0;
  std::size_t end = 0;
  FlagValue kind = FlagValue::none;
};

/// "[host]", "[volume]" …
const char* placeholder_of(FlagValue kind);

/// Whether values of "--name" are looked for here; the name comes without dashes.
bool is_engine_flag(std::string_view name);

/// In order, "-h NAME", "-h=NAME", "-hNAME" and "--hostname NAME". Flags of one letter, which mean other things to
/// other programs, count from `short_flags_begin` on.
std::vector<FlaggedPart> flagged_parts(std::string_view text, std::size_t short_flags_begin);

/// The kind of value that is the next word of the command, if `word` is a flag that lacks its value.
FlagValue value_behind(std::string_view word, bool short_flags);
std::vector<FlaggedPart> flagged_parts_of_value(FlagValue kind, std::string_view value);

/// "1000", "0:0", "root": nobody in particular.
bool is_nobody(std::string_view user);

}  // namespace cuparity
