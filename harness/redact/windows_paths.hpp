// Paths of Windows, where driver and WSL tell of them.
#pragma once

#include "harness/redact/patterns.hpp"

namespace cuparity {

/// C:\… and \\server\share…, with backslashes doubled as in JSON, too. The length is that of the folders where the
/// file's name may be shown; 0 where no such path begins at text[at].
std::size_t windows_path_length(std::string_view text, std::size_t at, const TextContext& context);

}  // namespace cuparity
