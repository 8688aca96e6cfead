// Which of a library's plans are timed and which one is taken: decisions that need no GPU.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kernels/convolution/convolution_execution.hpp"

namespace cuparity {

/// Plans whose result lay outside the error bound, errors in units of the bound.
struct RejectedPlans {
  int count = 0;
  double smallest_error = std::numeric_limits<double>::infinity();
  double largest_error = 0;

  void add(double error);

  /// "2 plans rejected as inaccurate, up to 1.82 times the bound"; empty if there were none.
  std::string remark() const;
  /// The same where no plan was left, "no plan's result lies within its error bound: …".
  std::string failure() const;
};

/// Plans whose results were right, in the library's order, and what became of the others.
template <typename Plan>
struct AdmittedPlans {
  std::vector<Plan> plans;
  RejectedPlans rejected;
  bool cut_short = false;  ///< time was up before search.candidates plans were admitted
};

/// Takes `first` and then plans from next() until search.candidates of them are admitted or there is none
/// left; the time limit counts only once a plan is admitted. error_of(plan) runs a plan and gives its error
/// in units of the bound, or nothing if it does not start; elapsed() gives the seconds of the search so far.
template <typename Plan, typename Next, typename ErrorOf, typename Elapsed>
AdmittedPlans<Plan> admit_plans(Plan first, Next next, ErrorOf error_of, Elapsed elapsed,
                                const PlanSearch& search) {
  AdmittedPlans<Plan> admitted;
  std::optional<Plan> plan(std::move(first));
  while (plan) {
    if (const std::optional<double> error = error_of(*plan)) {
      if (*error <= 1) admitted.plans.push_back(std::move(*plan));
      else admitted.rejected.add(*error);
    }
    if (admitted.plans.size() >= static_cast<std::size_t>(search.candidates)) break;
    if (!admitted.plans.empty() && elapsed() >= search.seconds) {
      admitted.cut_short = true;
      break;
    }
    plan = next();
  }
  return admitted;
}

}  // namespace cuparity
