// The start of a child process that does not outlive its parent.
#pragma once

#include <sys/types.h>

#include "harness/engine/process.hpp"

namespace cuparity {

/// Starts the child with stdin from /dev/null and both outputs into `output`; default signals, own group. It is killed when the
/// calling thread ends, however that ends, unless the program is set-user-ID; what it starts itself is not. Throws
/// EnvironmentError where the program can't be started.
pid_t spawn_child(const ChildProcess& child, int output);

}  // namespace cuparity
