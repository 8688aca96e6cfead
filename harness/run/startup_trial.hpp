// One start of a process under one mode, timed in phases -> one Trial of kind startup.
#pragma once

#include "harness/run/trial_runner.hpp"

namespace cuparity {

/// Starts cuparity-bench so that it goes through its own start-up alone. Rows, in seconds:
///   create, remove               the engine's commands; containers only
///   start                        from the start command to the first instruction of the program's main()
///   start_without_gpu            the same of a second container that asks for no GPU; only where the first
///   does cuinit, context, module_load, first_kernel, first_result    from inside; the last alone on the CPU
///   backend exit                         from the end of the program's work to the end seen from the host
///   total                        from the first command to the end of the last
/// Nothing is pulled: the image is there already. `interrupted` is set where the user stopped it.
Trial run_startup_trial(Trial trial, const Arm& arm, const TrialSettings& settings, bool& interrupted);

}  // namespace cuparity
