// Standard streams: open from the beginning, and whether what a program printed arrived.
#pragma once

#include <optional>
#include <string>

namespace cuparity::environment {

/// To be called first. A file opened later must not get the number of a standard stream that was closed: what is meant for the
/// stream would go into it, the verdict into the journal, a table into the JSON.
void open_standard_streams();

/// Flushes standard output. Nothing if all of it was written; else why what stands there is not complete, empty where the
/// reader left on purpose (`… | head`). Half a JSON with the exit code of a whole one would pass for good.
std::optional<std::string> output_failure();

/// To be called last: `exit_code`, or 4 (environment) where output_failure(), which `program` then says on standard error.
int exit_code_after_output(const std::string& program, int exit_code);

}  // namespace cuparity::environment
