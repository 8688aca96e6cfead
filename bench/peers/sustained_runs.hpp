// The times of runs one after the other, once the power limit has had time to settle the clock. Pure.
#pragma once

#include <vector>

namespace cuparity {

/// Seconds of the runs of the second half of `span` seconds, at least one. run() runs once and gives its seconds; now() gives
/// the seconds since any moment.
template <typename Run, typename Now>
std::vector<double> sustained_runs(Run run, Now now, double span) {
  const double begin = now();
  while (now() - begin < span / 2) run();
  std::vector<double> seconds;
  do seconds.push_back(run());
  while (now() - begin < span);
  return seconds;
}

}  // namespace cuparity
