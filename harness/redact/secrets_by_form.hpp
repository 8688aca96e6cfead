// Tokens and keys that their form tells from other words.
#pragma once

#include <cstddef>
#include <string_view>

namespace cuparity {

/// The length of the secret that begins at text[at]; 0 where none does. Characters before `at` are looked at.
std::size_t secret_length(std::string_view text, std::size_t at);

}  // namespace cuparity
