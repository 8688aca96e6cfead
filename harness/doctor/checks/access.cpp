// What the containers that were started really saw.
#include <fmt/format.h>

#include <algorithm>

#include "harness/access/engine_flags.hpp"
#include "harness/counted.hpp"
#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/from_text.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

bool asks_for_none(const AccessFacts& access) { return access.mode.ends_with(":none"); }
bool asks_for_all(const AccessFacts& access) {
  return access.mode.ends_with("gpus=all") || access.mode.ends_with("gpu=all") ||
         access.mode.ends_with(":manual");
}

/// Flags that ask for no GPU may still give one: an image's variables under a default runtime do.
bool asks_for_some(const AccessFacts& access) {
  try {
    return asks_for_gpu(parse_access_mode(access.mode));
  } catch (const UsageError&) {
    return true;  // a recording of another version
  }
}

bool works(const AccessFacts& access) {
  if (access.outcome != "ok") return false;
  if (asks_for_none(access)) return access.gpu_count <= 0;
  return !asks_for_some(access) || access.gpu_count > 0;
}

std::string seen(const AccessFacts& access) {
  if (access.gpu_count < 0) return access.failure;
  return fmt::format("{} by {}{}", counted(access.gpu_count, "GPU"), access.seen_by,
                     access.failure.empty() ? "" : "; " + access.failure);
}

/// The engine's words where the doctor's own look can't be started; the GPU has nothing to do with it.
bool lacks_shell(const AccessFacts& access) {
  const auto said = [&](const char* words) { return access.failure.find(words) != std::string::npos; };
  return (said("exec: \"/bin/sh\"") && said("no such file")) ||
         (said("executable file") && said("/bin/sh") && said("not found"));
}

void explain_shell(const Probe& probe, const AccessFacts& access, Finding& finding) {
  const std::string image = probe.images.empty() ? "IMAGE" : probe.images.front().image;
  finding.id = "access.image_without_shell";
  finding.summary = fmt::format("{} can't be tried with {}: the image has no /bin/sh", access.mode, image);
  finding.cause = "The doctor looks from inside with the image's shell. The engine got as far as starting it, so "
                  "driver, toolkit and CDI are not to blame.";
  finding.fix = {"give an image with a shell: --image IMAGE",
                 fmt::format("cuparity access --image {}  # brings its own program, needs no shell", image)};
}

bool nothing_to_give(const Probe& probe, const AccessFacts& access) {
  return asks_for_some(access) && access.outcome != "hung" && !in_container(probe) && !gpu_expected(probe);
}

/// What else is missing comes second: none of it helps without a GPU.
void put_missing_gpu_first(const AccessFacts& access, Finding& finding) {
  finding.id = "access.no_gpu_here";
  finding.summary = fmt::format("{} can't work here: there is no NVIDIA GPU in this machine", access.mode);
  finding.cause = "No PCI device of vendor 0x10de and no NVIDIA driver: there is nothing to give to a container." +
                  (finding.cause.empty() ? "" : " With a GPU, this would be next: " + finding.cause);
  for (std::string& step : finding.fix) step = "with a GPU: " + step;
  finding.fix.insert(finding.fix.begin(), fmt::format("on this machine compare on the CPU: --mode {}:none",
                                                      access.mode.substr(0, access.mode.find(':'))));
}

/// In the words of what is known of the engine's message, where it is known.
void explain(const Probe& probe, const AccessFacts& access, Finding& finding) {
  if (const auto known = likeliest_cause(access.failure, probe)) {
    finding.id = known->id;
    finding.summary += ": " + known->summary;
    finding.cause = known->cause;
    finding.fix = known->fix;
    finding.check = known->check;
    const auto here = known->evidence.find("; this machine");  // behind the engine's words, which stand there already
    if (here != std::string::npos) finding.evidence += known->evidence.substr(here);
    return;
  }
  finding.fix = {"see the findings about driver, toolkit and CDI"};
  if (access.outcome == "hung") {
    finding.id = "access.hung";
    finding.cause = "The container, its start hook or the driver inside hangs.";
    finding.fix = {"sudo dmesg | grep -iE 'xid|nvrm'", "nvidia-smi  # on the host"};
  } else if (access.outcome == "ok") {
    finding.id = "access.no_gpu_inside";
    finding.cause = "The container started, but no GPU is visible inside.";
  } else {
    finding.cause = "The engine or its hook refused to start the container; its words are what was seen.";
  }
}

/// Told of the machine already, in the catalogue's words: the mode that fails by it is the stronger evidence.
void drop_told(const Finding& finding, Findings& findings) {
  const KnownProblem* known = find_problem(finding.id);
  if (!known) return;
  std::erase_if(findings, [&](const Finding& other) { return other.id == finding.id && other.summary == known->summary; });
}

void check_mode(const Probe& probe, const AccessFacts& access, bool another_works, Findings& findings) {
  if (works(access)) {
    const int host = static_cast<int>(probe.nvml.gpus.size());
    if (probe.nvml.outcome == "ok" && asks_for_all(access) && access.gpu_count != host) {
      findings.push_back(
          {"access.fewer_gpus",
           Severity::warning,
           fmt::format("{} shows {} of the host's {} GPUs", access.mode, access.gpu_count, host),
           "The engine hands out fewer GPUs than were asked for, or the host's view has changed.",
           seen(access),
           {"nvidia-smi -L  # on the host and in the container"}});
      return;
    }
    findings.push_back({"access.ok",
                        Severity::ok,
                        access.gpu_count <= 0
                            ? fmt::format("A container without a GPU starts ({})", access.mode)
                            : fmt::format("{} gives a container {}", access.mode, seen(access)),
                        "",
                        listed(access.uuids, 8),
                        {}});
    return;
  }
  Finding finding{"access.failed",
                  another_works ? Severity::warning : Severity::error,
                  fmt::format("{} does not work here", access.mode),
                  "",
                  seen(access),
                  {}};
  if (asks_for_none(access) && access.outcome == "ok") {
    finding = known_finding("unrequesting-pod-sees-all", finding.severity, finding.evidence, &probe);
    finding.summary = fmt::format("{} shows a GPU that was not asked for", access.mode);
  } else if (lacks_shell(access)) {
    explain_shell(probe, access, finding);
  } else {
    explain(probe, access, finding);
    if (nothing_to_give(probe, access)) put_missing_gpu_first(access, finding);
  }
  drop_told(finding, findings);
  findings.push_back(std::move(finding));
}

}  // namespace

void check_access(const Probe& probe, Findings& findings) {
  const bool another_works = std::any_of(probe.access.begin(), probe.access.end(), works);
  for (const AccessFacts& access : probe.access) {
    if (access.outcome != "not looked") check_mode(probe, access, another_works, findings);
  }
}

}  // namespace cuparity
