// What a program said at its end, for people.
#pragma once

#include <string>

namespace cuparity {

/// The last line of `output` that says something, trimmed; empty where there is none. Passed over: blank lines, what a
/// progress line wrote before a carriage return, the advice that engines end an error with ("Run 'docker run --help' …"),
/// and, where there is anything else, a bare number (Compose's exit code) and the usage line that Docker prints below
/// the error.
std::string last_words(const std::string& output);

}  // namespace cuparity
