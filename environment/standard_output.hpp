// Whether what a program printed arrived.
#pragma once

#include <optional>
#include <string>

namespace cuparity::environment {

/// Flushes standard output. Nothing if all of it was written; else why what stands there is not complete, empty where the
/// reader left on purpose (`… | head`). Half a JSON with the exit code of a whole one would pass for good.
std::optional<std::string> output_failure();

}  // namespace cuparity::environment
