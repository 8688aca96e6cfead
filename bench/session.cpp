#include "bench/session.hpp"

#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <exception>
#include <utility>

#ifdef CUPARITY_HAVE_CUDA
#include <cuda_runtime_api.h>
#endif

#include "bench/rates.hpp"

namespace cuparity {
namespace {

/// Google Benchmark has a skip of its own from 1.8 on; before, a marked error.
template <typename State>
void skip(State& state, const std::string& reason) {
  if constexpr (requires { state.SkipWithMessage(reason); })
    state.SkipWithMessage(reason);
  else
    state.SkipWithError(("skipped: " + reason).c_str());
}

std::string format(const char* pattern, double value) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, value);
  return text;
}

std::string label_of(const Verification& verification, const std::string& algorithm) {
  char digest[32];
  std::snprintf(digest, sizeof digest, "%016" PRIx64, verification.digest);
  std::string label = std::string("digest=") + digest + "; error=" + format("%.3g", verification.error);
  if (!algorithm.empty()) label += "; algorithm=" + algorithm;
  return label;
}

/// How long each phase before the timing took. What a process spends outside of its measurements stands
/// here, row by row.
struct SetupSeconds {
  double release = 0;  ///< freeing the row before
  double prepare = 0;
  double verify = 0;
  double warm_up = 0;

  std::string text() const {
    return format("%.3g", release + prepare + verify + warm_up) + " (prepare " + format("%.3g", prepare) +
           ", verify " + format("%.3g", verify) + ", warm-up " + format("%.3g", warm_up) +
           ", release " + format("%.3g", release) + ")";
  }
};

/// Seconds that `work` takes.
template <typename Function>
double seconds_of(Function work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::int64_t operations_of(const Case& benchmark_case) {
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(benchmark_case.operations));
}

}  // namespace

struct Session::Row {
  enum class Outcome { ready, skipped, failed };

  explicit Row(const Case& the_case) : benchmark_case(the_case) {}

  const Case& benchmark_case;
  Outcome outcome = Outcome::ready;
  std::string message;  ///< why it was skipped or failed
  std::string label;
  SetupSeconds setup;
  std::unique_ptr<Execution> execution;
  std::unique_ptr<Timer> timer;
};

bool cuda_context_is_lost(device::Context* context) {
  if (context == nullptr) return false;
#ifdef CUPARITY_HAVE_CUDA
  cudaGetLastError();
  return cudaDeviceSynchronize() != cudaSuccess;
#else
  return true;
#endif
}

Session::Session(device::Context* context, Faults faults, bool (*context_is_lost)(device::Context*))
    : context_(context), faults_(std::move(faults)), context_is_lost_(context_is_lost) {}

Session::~Session() = default;

void Session::run(const Case& benchmark_case, benchmark::State& state) {
  if (!lost_in_.empty() && lost_in_ != benchmark_case.name)
    return skip(state, "the CUDA context was lost in row " + lost_in_ + " (" + lost_reason_ + ")");
  Row& row = row_of(benchmark_case);
  switch (row.outcome) {
    case Row::Outcome::skipped:
      return skip(state, row.message);
    case Row::Outcome::failed:
      return state.SkipWithError(row.message.c_str());
    case Row::Outcome::ready:
      time(row, state);
  }
}

Session::Row& Session::row_of(const Case& benchmark_case) {
  if (row_ == nullptr || row_->benchmark_case.name != benchmark_case.name) {
    const double release = seconds_of([&] { row_.reset(); });  // first: memory is not held twice
    row_ = std::make_unique<Row>(benchmark_case);
    row_->setup.release = release;
    try {
      set_up(*row_);
    } catch (const std::exception& error) {
      fail(*row_, std::string("failed: ") + error.what());
    }
  }
  return *row_;
}

void Session::set_up(Row& row) {
  row.setup.prepare = seconds_of([&] { prepare(row); });
  if (row.outcome != Row::Outcome::ready) return;
  row.setup.verify = seconds_of([&] { verify(row); });
  if (row.outcome != Row::Outcome::ready) return;
  row.setup.warm_up = seconds_of([&] {
    warm_up(row);
    inject(row);
  });
  row.label += "; setup_seconds=" + row.setup.text();
}

void Session::prepare(Row& row) {
  const Case& benchmark_case = row.benchmark_case;
  if (benchmark_case.unsupported) {
    if (const auto reason = benchmark_case.unsupported(context_)) {
      row.outcome = Row::Outcome::skipped;
      row.message = *reason;
      return;
    }
  }
  row.execution = benchmark_case.prepare(context_);
  row.timer = std::make_unique<Timer>(benchmark_case, context_, faults_.slowdown);
}

void Session::verify(Row& row) {
  Verification verification = row.execution->verify();
  if (faults_.wrong && std::regex_search(row.benchmark_case.name, *faults_.wrong)) {
    verification.error = 1000;
    verification.detail = "this fault was injected";
  }
  const std::string algorithm = row.execution->algorithm();
  row.label = label_of(verification, algorithm);
  if (!verification.correct())
    fail(row, "wrong result: error " + format("%.3g", verification.error) +
                  " times the bound: " + verification.detail +
                  (algorithm.empty() ? "" : " [" + algorithm + "]"));
}

namespace {

/// Dense arithmetic meets the power limit, and the clock takes longer to settle.
std::chrono::milliseconds warm_up_time(const Work& work) {
  constexpr double dense_flops_a_byte = 50;
  return std::chrono::milliseconds(work.flops > dense_flops_a_byte * work.bytes ? 50 : 10);
}

}  // namespace

/// At least two runs and warm_up_time(). Rows with a fixed number of runs are slow starts of something,
/// which the verification has already done once.
void Session::warm_up(Row& row) {
  if (row.benchmark_case.iterations > 0) return;
  using Clock = std::chrono::steady_clock;
  const auto least = warm_up_time(row.benchmark_case.work);
  const auto begin = Clock::now();
  for (int runs = 0; runs < 2 || Clock::now() - begin < least; ++runs)
    row.timer->measure(*row.execution);
}

/// Only when warm: the spin is a share of the steady time.
void Session::inject(Row& row) {
  if (const auto obstacle = row.timer->calibrate_injection(*row.execution)) {
    row.outcome = Row::Outcome::skipped;
    row.message = *obstacle;
  }
}

void Session::time(Row& row, benchmark::State& state) {
  const std::int64_t operations = operations_of(row.benchmark_case);
  std::optional<double> sm_clock_hz;
  double compared_seconds = 0, whole_seconds = 0, excess_seconds = 0, runs = 0;
  try {
    row.timer->take_sm_clock();  // of the runs before
    while (state.KeepRunningBatch(operations)) {
      const double seconds = row.timer->measure(*row.execution), excess = row.execution->excess_seconds();
      state.SetIterationTime(seconds - excess);
      whole_seconds += seconds;
      excess_seconds += excess;
      compared_seconds += row.execution->compared_seconds();
      ++runs;
    }
    sm_clock_hz = row.timer->take_sm_clock();
  } catch (const std::exception& error) {
    fail(row, std::string("failed: ") + error.what());
    return state.SkipWithError(row.message.c_str());
  }
  state.SetLabel(row.label.c_str());
  set_rates(row.benchmark_case.work, row.execution->bus_bytes(), sm_clock_hz, state.counters);
  if (excess_seconds > 0) state.counters["mean_seconds"] = whole_seconds / (runs * static_cast<double>(operations));
  if (compared_seconds > 0) state.counters["compared_seconds"] = compared_seconds / runs;
}

void Session::fail(Row& row, const std::string& message) {
  failed_ = true;
  row.outcome = Row::Outcome::failed;
  row.message = message;
  if (lost_in_.empty() && context_is_lost_(context_)) {
    lost_in_ = row.benchmark_case.name;
    lost_reason_ = message;
    row.message += "; the CUDA context is lost, the rows after this one are skipped";
  }
  row.timer.reset();
  row.execution.reset();
}

}  // namespace cuparity
