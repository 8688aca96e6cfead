// What the results have to say of where they come from: the members of the JSON's context.
#pragma once

#include <map>
#include <string>

#include "kernels/device/backend_choice.hpp"

namespace cuparity {

/// Every key of environment::process_environment() and of describe_device(), and cuparity_version, source_digest, backend,
/// backend_reason, process_seconds_before_benchmarks. What is unknown is absent.
std::map<std::string, std::string> process_context(const BackendChoice& choice);

/// Of what this program was made from, tests left out: 16 hexadecimal digits.
const char* source_digest();

/// Seconds since this process was started, by the kernel's account in steps of 10 ms; negative if unknown.
double seconds_since_process_start();

}  // namespace cuparity
