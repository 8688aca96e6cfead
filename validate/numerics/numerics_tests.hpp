// Every workload's validation cases as tests: against the reference, and twice with the same bits.
#pragma once

#include "validate/session.hpp"

namespace cuparity::validate {

/// Registers "Numerics/<workload>.<case's name without the workload>", and "Numerics/<workload>/large.…"
/// for cases that touch more than 1 MiB. Each records digest (16 hex digits), error (in units of its
/// bound) and algorithm.
void register_numerics_tests(const Session& session);

}  // namespace cuparity::validate
