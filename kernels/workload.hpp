// What a benchmark row is: a named case of a workload that can be prepared, run and verified.
// C++17, no CUDA and no framework headers: included by .cu files and by every program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cuparity {

namespace device {
class Context;
}

enum class Backend { cpu, cuda };

constexpr std::string_view to_string(Backend backend) {
  return backend == Backend::cuda ? "cuda" : "cpu";
}

/// Work of one operation. `bytes` counts bytes read plus bytes written, `flops` counts a
/// multiply-add as two. Decides the unit in reports, and for dense arithmetic a longer warm-up and the counters of the
/// multiprocessors' clock.
struct Work {
  double bytes = 0;
  double flops = 0;
};

/// How the time of one Execution::run() is taken.
enum class Timing {
  device_events,  ///< CUDA events on Context::stream() around the enqueued work
  host_clock,     ///< steady clock around run(), which returns when the work is done
  reported        ///< run() measures itself; read Execution::reported_seconds()
};

/// The outcome of comparing an output with the high-precision reference.
struct Verification {
  double error = 0;          ///< largest deviation in units of its bound; NaN counts as wrong
  std::uint64_t digest = 0;  ///< digest of the output bytes (digest.hpp), equal bits give equal digests
  std::string detail;        ///< where the largest deviation stands; one line, for people

  bool correct() const { return error <= 1.0; }
};

/// A case with its buffers allocated and its inputs filled with random data.
class Execution {
 public:
  virtual ~Execution() = default;

  /// Performs the case once. Timing::device_events: only enqueues on Context::stream().
  /// Throws std::runtime_error saying what was being done when a call fails.
  virtual void run() = 0;

  /// Poisons the output, runs once, waits, and compares with the reference. Large outputs may be
  /// compared on a random sample of elements; the digest always covers every byte.
  virtual Verification verify() = 0;

  /// The library algorithm that was chosen, if any; one line without ';'.
  virtual std::string algorithm() const { return {}; }

  /// Collectives only: bytes that one operation moves over a GPU's links by nccl-tests' reckoning; 0: no such figure.
  virtual double bus_bytes() const { return 0; }

  /// Timing::reported only: seconds that the latest run() took.
  virtual double reported_seconds() const { return 0; }

  /// Seconds by which the latest run() was longer than if each of its equal parts had taken as long as the fastest of them:
  /// what others who use the host's memory cost it. They are taken off the row's time. 0: nothing is taken off.
  virtual double excess_seconds() const { return 0; }

  /// Where two are run in turn: seconds that an operation of the other took in the latest run(); 0: there is no other.
  virtual double compared_seconds() const { return 0; }
};

/// One row of the benchmark list, or one validated size.
struct Case {
  /// workload/variant/type/size, e.g. "gemm/cublaslt/bf16/8192"; unique. The variant begins with "own" where the code is
  /// ours, else with the library's name: scripts/check-kernels and `cuparity explain` go by it.
  std::string name;
  Backend backend = Backend::cpu;
  Work work;                        ///< per operation
  double operations = 1;            ///< operations that one run() performs
  Timing timing = Timing::host_clock;
  /// Memory that one run() touches; decides whether the L2 is flushed. 0: none, so nothing to flush.
  std::size_t footprint_bytes = 0;

  /// Why this device cannot run the case, or nothing. `context` is null on the CPU backend. Empty: every device can.
  std::function<std::optional<std::string>(device::Context* context)> unsupported;

  /// Allocates and fills. `context` is null on the CPU backend. Throws std::runtime_error.
  std::function<std::unique_ptr<Execution>(device::Context* context)> prepare;

  /// Runs of one repetition where the number is fixed (each is slow); 0: as many as the minimum time asks for.
  int iterations = 0;
};

/// A family of cases. `bench_cases` are timed; `validation_cases` cover sizes 0, 1, odd, unaligned
/// and large and are only verified. Both return an empty list for a backend that is not built.
struct Workload {
  std::string_view name;
  std::string_view summary;
  std::vector<Case> (*bench_cases)(Backend);
  std::vector<Case> (*validation_cases)(Backend);
};

/// Every workload, in the order of the reports.
const std::vector<Workload>& registry();

}  // namespace cuparity
