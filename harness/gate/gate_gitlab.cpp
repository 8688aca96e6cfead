#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/digest.hpp"
#include "harness/gate/gate_formats.hpp"
#include "harness/record/benchmark_json.hpp"
#include "harness/report/text.hpp"
#include "harness/stats/per_clock.hpp"
#include "harness/stats/wording.hpp"

namespace cuparity {
namespace {

/// The file that was compared, without the mode behind it: GitLab links to it.
std::string path_of(const GateResult& result) {
  const std::string mode = fmt::format(" ({})", result.mode);
  const std::string& name = result.candidate;
  return clean_text(name.ends_with(mode) ? name.substr(0, name.size() - mode.size()) : name);
}

nlohmann::json finding(const GateResult& result, const std::string& check, const std::string& severity,
                       const std::string& subject, const std::string& description) {
  return {{"description", clean_text(description)},
          {"check_name", "cuparity-" + check},
          {"fingerprint", digest_of(check + '\n' + subject)},  // the same from pipeline to pipeline
          {"severity", severity},
          {"location", {{"path", path_of(result)}, {"lines", {{"begin", 1}}}}}};
}

void add_entry(const GateResult& result, const GateEntry& entry, nlohmann::json& findings) {
  const Comparison& c = entry.comparison;
  const std::string name = in_mode(result, short_name(c.benchmark));
  const std::string effect = signed_percent(slow_down(c));
  const std::string remark = c.measure == Measure::cycles ? "; " + per_clock_remark(c) : "";
  if (!entry.expected.empty()) {
    findings.push_back(finding(result, "expected", "info", name,
                               fmt::format("{} is slower as expected, {}: {}", name, effect, entry.expected)));
  } else if (c.verdict == Verdict::slower) {
    findings.push_back(finding(result, "slower", "critical", name,
                               fmt::format("{} is slower, {}{}", name, slow_down_text(c), remark)));
  } else if (c.verdict == Verdict::invalid || c.verdict == Verdict::inconclusive) {
    const std::string verdict = to_string(c.verdict);
    findings.push_back(finding(result, verdict, "minor", name, fmt::format("{} is {}: {}", name, verdict, c.reason)));
  }
}

}  // namespace

std::string gate_as_gitlab(const GateResults& results) {
  nlohmann::json findings = nlohmann::json::array();
  for (const GateResult& result : results) {
    for (const std::string& wrong : result.wrong) {
      const std::string here = in_mode(result, wrong);
      findings.push_back(finding(result, "wrong", "blocker", here, "wrong result: " + here));
    }
    for (const GateEntry& entry : result.entries) {
      add_entry(result, entry, findings);
    }
    for (const std::string& difference : result.environment_differences) {
      findings.push_back(finding(result, "cross-environment", "minor", difference,
                                 "compared across environments: " + difference));
    }
    for (const std::string& warning : result.warnings) {
      findings.push_back(finding(result, "warning", "minor", warning, warning));
    }
  }
  return findings.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace cuparity
