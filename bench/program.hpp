// The whole of a benchmark program but the list of its rows: flags, backend, registration, exit code.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kernels/workload.hpp"

namespace cuparity {

struct BenchProgram {
  std::string name;  ///< begins every message on standard error
  std::function<std::vector<Case>(Backend)> cases;
};

/// Runs the rows that the command line asks for, as an ordinary Google Benchmark program. Returns the exit code: 0, 1 (a
/// row was wrong or failed), 2 (usage), 4 (environment).
int run_bench_program(const BenchProgram& program, int argc, char** argv);

}  // namespace cuparity
