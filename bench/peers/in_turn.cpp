#include "bench/peers/in_turn.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "bench/timing.hpp"

namespace cuparity {
namespace {

/// One of the two, with the way it is timed.
struct Side {
  Side(const Case& row, device::Context* context)
      : execution(row.prepare(context)), timer(row, context, 0), operations(std::max(1.0, row.operations)) {}

  void measure() { seconds = timer.measure(*execution); }

  std::unique_ptr<Execution> execution;
  Timer timer;
  double operations;
  double seconds = 0;  ///< of the latest run
};

class InTurn final : public Execution {
 public:
  InTurn(const Case& peer, const Case& own, device::Context* context) : peer_(peer, context), own_(own, context) {}

  void run() override {
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

  std::string algorithm() const override { return peer_.execution->algorithm(); }
  double bus_bytes() const override { return peer_.execution->bus_bytes(); }
  double reported_seconds() const override { return peer_.seconds; }
  double compared_seconds() const override { return own_.seconds / own_.operations; }

 private:
  Side peer_;
  Side own_;
  bool own_first_ = false;
};

const Case& row_of_name(const std::vector<Case>& rows, const std::string& name) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Case& row) { return row.name == name; });
  if (found == rows.end()) throw std::logic_error(name + " is no row of ours");
  return *found;
}

}  // namespace

std::vector<Case> in_turn_cases(const std::vector<Case>& peer, const std::vector<Case>& ours) {
  std::vector<Case> cases;
  for (const Case& theirs : peer) {
    const Case own = row_of_name(ours, theirs.name);
    Case row = theirs;
    row.timing = Timing::reported;
    row.prepare = [theirs, own](device::Context* context) { return std::make_unique<InTurn>(theirs, own, context); };
    cases.push_back(std::move(row));
  }
  return cases;
}

}  // namespace cuparity
