// What a process does with its rows: prepare one, verify it, warm it up, time it, free it.
#pragma once

#include <benchmark/benchmark.h>

#include <memory>
#include <optional>
#include <regex>
#include <string>

#include "bench/timing.hpp"
#include "kernels/workload.hpp"

namespace cuparity {

/// Faults that tests and calibration ask for (options.hpp).
struct Faults {
  double slowdown = 0;
  std::optional<std::regex> wrong;
};

/// True if every later CUDA call of this process will fail, too; always false for a null `context`. Clears
/// an error that passes.
bool cuda_context_is_lost(device::Context* context);

/// Holds one prepared row at a time: Google Benchmark calls a row's function once or more for each
/// repetition, and all of these calls share one preparation, one verification and one warm-up. Rows whose
/// repetitions are interleaved (--benchmark_enable_random_interleaving) are prepared anew at every change.
class Session {
 public:
  /// `context` is null on the CPU backend and outlives the session. `context_is_lost` is asked after a row
  /// failed.
  Session(device::Context* context, Faults faults,
          bool (*context_is_lost)(device::Context*) = cuda_context_is_lost);
  ~Session();

  /// The body of a row's benchmark. Label: digest, error, algorithm if there is one, setup_seconds with its
  /// parts: what preparing, verifying, warming up and releasing the row before took.
  void run(const Case& benchmark_case, benchmark::State& state);

  /// A row was wrong or failed, or the CUDA context was lost.
  bool failed() const { return failed_; }

 private:
  struct Row;

  Row& row_of(const Case& benchmark_case);
  void set_up(Row& row);
  void prepare(Row& row);
  void verify(Row& row);
  void warm_up(Row& row);
  void inject(Row& row);
  void time(Row& row, benchmark::State& state);
  void fail(Row& row, const std::string& message);

  device::Context* context_;
  Faults faults_;
  bool (*context_is_lost_)(device::Context*);
  std::unique_ptr<Row> row_;
  bool failed_ = false;
  std::string lost_in_;  ///< the row that lost the CUDA context; empty: none did
  std::string lost_reason_;
};

}  // namespace cuparity
