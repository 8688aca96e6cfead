// What is known to go wrong and shows in the probe, though nobody complained of it.
#include <algorithm>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"

namespace cuparity {

void check_known_problems(const Probe& probe, Findings& findings) {
  const bool gpu_matters = gpu_expected(probe) || in_container(probe);
  for (const KnownProblem* problem : known_problems()) {
    if (!problem->unasked || !problem->sign || (!gpu_matters && !problem->without_gpu)) continue;
    const bool told = std::any_of(findings.begin(), findings.end(),
                                  [&](const Finding& finding) { return finding.id == problem->id; });
    if (told) continue;
    const Sign sign = problem->sign(probe);
    if (sign.says == Sign::Says::present) {
      findings.push_back(known_finding(problem->id, *problem->unasked, sign.evidence, &probe));
    }
  }
}

}  // namespace cuparity
