// What is known to move which benchmark: the table behind `cuparity explain`. No logic.
#pragma once

#include <span>

namespace cuparity {

/// Which of two values of a key makes a benchmark slow.
enum class SlowSide {
  either,
  smaller,    ///< a number, a count of CPUs; "none" and "unlimited" are the largest
  larger,     ///< a number
  restricted  ///< a filter or a mitigation that is switched on
};

/// How a container is given the baseline's value, where a flag of the engine can do that (experiment.hpp).
enum class ExperimentKind {
  none,  ///< only a person can do it
  seccomp_unconfined,
  same_cpu_quota,
  same_cpus,
  same_memory_nodes,
  same_memory_limit,
  same_memlock,
  same_nofile,
  same_shm,
  all_gpus,
  same_variable,
  same_threads,
  host_library,
  host_cuda_cache
};

struct KnownInfluence {
  const char* key;      ///< regular expression on the whole key of the environment
  const char* on_cpu;   ///< … searched in the short names of the CPU backend's benchmarks; empty: none
  const char* on_cuda;  ///< the same for the CUDA backend's
  int strength;  ///< by how much, seen or documented: 3 ten per cent or more, 2 one per cent or more, 1 less
  SlowSide slow_side;
  bool library;            ///< other code runs: a difference that rests on it is no overhead of the container
  const char* effect;      ///< what it does and why, one sentence
  const char* experiment;  ///< what would confirm it
  ExperimentKind kind;
  const char* source;
  bool through_clock = false;  ///< it changes the multiprocessors' clock alone, so it explains no difference in cycles
};

std::span<const KnownInfluence> known_influences();

/// A difference that any container shows and that moves no time by itself.
struct ExpectedDifference {
  const char* key;  ///< regular expression on the whole key
  const char* reason;
};

std::span<const ExpectedDifference> expected_differences();

}  // namespace cuparity
