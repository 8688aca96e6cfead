// Addresses on a network: IPv4, IPv6 and those of network cards.
#pragma once

#include "harness/redact/patterns.hpp"

namespace cuparity {

/// 0 where none begins at text[at]. The character before is not looked at.
std::size_t ipv4_length(std::string_view text, std::size_t at);

/// The address that begins at text[at], if one does.
std::optional<Match> address_at(std::string_view text, std::size_t at, const TextContext& context);

}  // namespace cuparity
