// cuparity-bench: an ordinary Google Benchmark program over the registry of workloads.
#include "bench/program.hpp"
#include "bench/registration.hpp"

int main(int argc, char** argv) {
  return cuparity::run_bench_program({"cuparity-bench", cuparity::all_bench_cases}, argc, argv);
}
