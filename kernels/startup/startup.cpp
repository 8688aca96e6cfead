#include "kernels/startup/startup.hpp"

#include <limits>
#include <stdexcept>

#include "kernels/digest.hpp"
#include "kernels/startup/startup_child.hpp"
#include "kernels/startup/startup_probe.hpp"

namespace cuparity {
namespace {

constexpr const char* process_phase = "process";

/// The child processes of one backend, shared by its rows: run k of every row is a phase of child k.
class StartupChildren {
 public:
  explicit StartupChildren(Backend backend) : backend_(backend) {}

  /// Looks at a first child, whose times are not used: it also brings the program's files into memory.
  Verification verify() {
    if (!verification_) verification_ = verification_of(start().value);
    return *verification_;
  }

  /// Seconds of `phase` in the next child that this phase was not taken from yet.
  double next(const std::string& phase) {
    const std::size_t index = taken_[phase]++;
    while (children_.size() <= index) {
      const StartupPhases phases = start();
      if (!verification_of(phases.value).correct())
        throw std::runtime_error("a start-up probe computed a wrong value");
      children_.push_back(phases.seconds);
    }
    const auto found = children_[index].find(phase);
    if (found == children_[index].end())
      throw std::runtime_error("a start-up probe did not report " + phase);
    return found->second;
  }

 private:
  StartupPhases start() const {
    const StartupChild child =
        run_startup_child(startup_program(), startup_probe_variable, std::string(to_string(backend_)));
    StartupPhases phases = parse_startup_line(child.output.substr(0, child.output.find('\n')));
    phases.seconds[process_phase] = child.seconds;
    return phases;
  }

  static Verification verification_of(std::uint64_t value) {
    Verification verification;
    const bool correct = value == mix64(startup_argument);
    verification.error = correct ? 0 : std::numeric_limits<double>::infinity();
    verification.digest = digest_bytes(&value, sizeof value);
    verification.detail = correct ? "the first kernel's value" : "the first kernel computed another value";
    return verification;
  }

  Backend backend_;
  std::optional<Verification> verification_;
  std::vector<std::map<std::string, double>> children_;
  std::map<std::string, std::size_t> taken_;
};

class StartupPhase final : public Execution {
 public:
  StartupPhase(std::shared_ptr<StartupChildren> children, std::string phase)
      : children_(std::move(children)), phase_(std::move(phase)) {}

  void run() override { seconds_ = children_->next(phase_); }
  Verification verify() override { return children_->verify(); }
  double reported_seconds() const override { return seconds_; }

 private:
  std::shared_ptr<StartupChildren> children_;
  std::string phase_;
  double seconds_ = 0;
};

std::optional<std::string> startup_unsupported(device::Context*) {
  if (!startup_program().empty()) return std::nullopt;
  return "start-up is measured in child processes of cuparity-bench, which is not in this program's folder";
}

Case startup_case(const std::string& phase, Backend backend,
                  const std::shared_ptr<StartupChildren>& children) {
  Case result;
  result.name = "startup/" + phase;
  result.backend = backend;
  result.timing = Timing::reported;
  result.iterations = backend == Backend::cuda ? 1 : 5;  // a child with a GPU takes some 0.2 s
  result.unsupported = startup_unsupported;
  result.prepare = [children, phase](device::Context*) -> std::unique_ptr<Execution> {
    return std::make_unique<StartupPhase>(children, phase);
  };
  return result;
}

}  // namespace

std::vector<Case> startup_bench_cases(Backend backend) {
  const auto children = std::make_shared<StartupChildren>(backend);
  std::vector<Case> cases;
#ifdef CUPARITY_HAVE_CUDA
  if (backend == Backend::cuda)
    for (const char* phase : {"cuinit", "context", "module_load", "first_kernel"})
      cases.push_back(startup_case(phase, backend, children));
#else
  if (backend == Backend::cuda) return cases;
#endif
  cases.push_back(startup_case(process_phase, backend, children));
  return cases;
}

std::vector<Case> startup_validation_cases(Backend backend) {
  std::vector<Case> cases;
  for (Case& one : startup_bench_cases(backend))
    if (one.name == std::string("startup/") + process_phase) cases.push_back(std::move(one));
  return cases;
}

}  // namespace cuparity
