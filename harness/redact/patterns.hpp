// What identifies a machine or a person by its form alone: paths, addresses, UUIDs, container ids, tokens.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace cuparity {

enum class Pattern {
  url,
  email,
  domain,  ///< a host's full name
  path,    ///< absolute, from ~ or .., or Windows'; without its file name where that may be shown
  uuid,    ///< with GPU- or MIG- in front, where it has that; its dashes may be missing
  ip_address,
  mac_address,
  container_id,
  secret  ///< a token
};

struct Match {
  Pattern pattern;
  std::size_t length;
};

/// What the text is, beyond its characters.
struct TextContext {
  bool version = false;  ///< a version number: four numbers with dots are no address
  bool word = false;     ///< one word of a command: a path in it may hold spaces
  bool digest = false;   ///< a digest, a commit: its digits are neither a UUID nor a container
};

/// The pattern that begins at text[at], if one does. Characters before `at` are looked at.
/// For a path the length is that of the folders; a file name that follows is to be looked at on its own.
std::optional<Match> match_at(std::string_view text, std::size_t at, const TextContext& context);

/// A UUID's form as NVIDIA writes it (GPU-…, MIG-…) or bare.
enum class UuidKind { gpu, mig, bare };

struct Uuid {
  UuidKind kind = UuidKind::bare;
  std::string_view digits;  ///< without the prefix, dashes included; at least four digits after a prefix
};

/// Every UUID in the text that has dashes or a prefix, in order.
std::vector<Uuid> uuids_in(std::string_view text);

/// `text` as a whole is a UUID as match_at found it.
Uuid parse_uuid(std::string_view text);

}  // namespace cuparity
