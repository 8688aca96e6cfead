#include "bench/peers/in_turn.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bench/peers/sustained_runs.hpp"
#include "bench/timing.hpp"

namespace cuparity {
namespace {

/// Within a second of load the power limit of an H200 moves the clock by 10 %; after a fifth of one it has settled.
constexpr double span_seconds = 0.4;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// One of the two, with the way it is timed.
struct Side {
  Side(const Case& row, device::Context* context)
      : execution(row.prepare(context)), timer(row, context, 0), operations(std::max(1.0, row.operations)) {}

  void measure() { seconds = timer.measure(*execution); }
  void measure_sustained() {
    sustained = sustained_runs([&] { return timer.measure(*execution); }, now, span_seconds);
  }

  std::unique_ptr<Execution> execution;
  Timer timer;
  double operations;
  double seconds = 0;             ///< of the latest run
  std::vector<double> sustained;  ///< seconds of runs that have yet to be told, the last first
};

class InTurn final : public Execution {
 public:
  InTurn(const Case& peer, const Case& own, PreparedFirst first, device::Context* context)
      : earlier_(first == PreparedFirst::peer ? peer : own, context),
        later_(first == PreparedFirst::peer ? own : peer, context),
        peer_(first == PreparedFirst::peer ? earlier_ : later_),
        own_(first == PreparedFirst::peer ? later_ : earlier_),
        spans_(context != nullptr && is_dense_arithmetic(own.work)) {}

  void run() override {
    if (spans_) return run_from_spans();
    own_first_ = !own_first_;
    (own_first_ ? own_ : peer_).measure();
    (own_first_ ? peer_ : own_).measure();
  }

  Verification verify() override {
    Verification own = own_.execution->verify();
    if (own.correct()) return peer_.execution->verify();
    own.detail = "our own row: " + own.detail;
    return own;
  }

  std::string algorithm() const override {
    const std::string own = own_.execution->algorithm();
    return peer_.execution->algorithm() + (own.empty() ? "" : ", beside ours: " + own);
  }
  double bus_bytes() const override { return peer_.execution->bus_bytes(); }
  double reported_seconds() const override { return peer_.seconds; }
  double compared_seconds() const override { return own_.seconds / own_.operations; }

 private:
  /// Both sides have been at work alone for as long as it takes; each of their runs is told at most once.
  void run_from_spans() {
    if (peer_.sustained.empty() || own_.sustained.empty()) {
      own_first_ = !own_first_;
      (own_first_ ? own_ : peer_).measure_sustained();
      (own_first_ ? peer_ : own_).measure_sustained();
    }
    for (Side* side : {&peer_, &own_}) {
      side->seconds = side->sustained.back();
      side->sustained.pop_back();
    }
  }

  Side earlier_;
  Side later_;
  Side& peer_;
  Side& own_;
  bool spans_;  ///< at the power limit one side's heat would lower the other's clock, run by run
  bool own_first_ = false;
};

const Case& row_of_name(const std::vector<Case>& rows, const std::string& name) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Case& row) { return row.name == name; });
  if (found == rows.end()) throw std::logic_error(name + " is no row of ours");
  return *found;
}

}  // namespace

std::vector<Case> in_turn_cases(const std::vector<Case>& peer, const std::vector<Case>& ours, PreparedFirst first) {
  std::vector<Case> cases;
  for (const Case& theirs : peer) {
    const Case own = row_of_name(ours, theirs.name);
    Case row = theirs;
    row.timing = Timing::reported;
    row.prepare = [theirs, own, first](device::Context* context) {
      return std::make_unique<InTurn>(theirs, own, first, context);
    };
    cases.push_back(std::move(row));
  }
  return cases;
}

}  // namespace cuparity
