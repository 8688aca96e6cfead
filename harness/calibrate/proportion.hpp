// A share that was counted, with its exact interval.
#pragma once

namespace cuparity {

struct Proportion {
  int count = 0;
  int of = 0;
  /// What the `of` comparisons are worth where they depend on each other; equal to `of` where they don't.
  double effective = 0;
  double low = 0;
  double high = 1;
  double share() const { return of > 0 ? static_cast<double>(count) / of : 0; }
};

/// 95 % interval of Clopper and Pearson, Biometrika 26 (1934) 404. `design_effect` (at least 1) is the factor by
/// which dependence makes the variance of the share larger: the interval is then that of share · effective
/// in effective = of/design_effect trials (Korn and Graubard, Survey Methodology 24 (1998) 193). 0 to 1 for
/// of = 0.
Proportion proportion(int count, int of, double design_effect = 1);

/// The fewest c for which c or fewer of `of` independent comparisons alarm with probability 0.99, where
/// each alarms with probability `rate`. Where they depend on each other it is at least the same share of them as for
/// of/design_effect independent ones: comparisons that share their processes alarm together.
int most_alarms(int of, double rate, double design_effect = 1);

}  // namespace cuparity
