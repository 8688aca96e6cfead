#include <algorithm>
#include <stdexcept>

#include "harness/doctor/knowledge/known_problem.hpp"

namespace cuparity {

Sign present(std::string evidence) { return {Sign::Says::present, std::move(evidence)}; }
Sign absent(std::string evidence) { return {Sign::Says::absent, std::move(evidence)}; }
Sign present_if(bool condition, const std::string& evidence) { return condition ? present(evidence) : Sign{}; }

const std::vector<const KnownProblem*>& known_problems() {
  static const std::vector<const KnownProblem*> all = [] {
    std::vector<const KnownProblem*> list;
    for (const KnownProblems* table :
         {&device_problems(), &toolkit_problems(), &hook_problems(), &engine_problems(), &cdi_problems(),
          &image_problems(), &cuda_problems(), &driver_problems(), &library_problems(), &limit_problems(),
          &cluster_problems(), &setup_problems(), &module_problems()}) {
      for (const KnownProblem& problem : *table) list.push_back(&problem);
    }
    return list;
  }();
  return all;
}

const KnownProblem* find_problem(const std::string& id) {
  const auto& all = known_problems();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const KnownProblem* problem) { return problem->id == id; });
  return found == all.end() ? nullptr : *found;
}

Finding known_finding(const std::string& id, Severity severity, std::string evidence, const Probe* probe) {
  const KnownProblem* problem = find_problem(id);
  if (!problem) throw std::logic_error("no known problem is called " + id);
  std::vector<std::string> fix;
  if (probe && problem->fix_here) fix = problem->fix_here(*probe);
  if (fix.empty()) fix = problem->fix;
  return {problem->id,      severity,       problem->summary, problem->cause, std::move(evidence),
          std::move(fix), problem->check};
}

}  // namespace cuparity
