#include "harness/doctor/diagnose.hpp"

#include <algorithm>

#include "harness/doctor/checks/checks.hpp"

namespace cuparity {

DoctorReport diagnose(const Probe& probe) {
  DoctorReport report;
  report.machine = machine_summary(probe);
  for (const Check check : all_checks) check(probe, report.findings);
  std::stable_sort(report.findings.begin(), report.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
  return report;
}

}  // namespace cuparity
