// report.junit.xml: what CI servers show as tests. A benchmark under a mode is a test case: slower fails it,
// invalid is an error, inconclusive counts as skipped (the exit code says that it is not a pass).
#include <fmt/format.h>

#include "harness/counted.hpp"
#include "harness/report/numbers.hpp"
#include "harness/report/report.hpp"
#include "harness/report/report_view.hpp"
#include "harness/report/text.hpp"
#include "harness/report/xml_text.hpp"

namespace cuparity {
namespace {

constexpr std::size_t attribute_limit = 2000;

std::string attribute(const std::string& text) { return xml_escaped(shortened(text, attribute_limit)); }

struct Suite {
  std::string name;
  std::string cases;
  int tests = 0, failures = 0, errors = 0, skipped = 0;
};

/// `inside` is the element that says how it went; empty for a pass. `seconds` as "time", where known.
void add_case(Suite& suite, const std::string& group, const std::string& name,
              const std::optional<double>& seconds, const std::string& inside) {
  ++suite.tests;
  const std::string time = seconds ? fmt::format(R"( time="{:.9f}")", *seconds) : "";
  suite.cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\"{}>{}</testcase>\n", attribute(group),
                             attribute(name), time, inside);
}

std::string outcome(const char* element, const std::string& type, const std::string& message,
                    const std::string& text) {
  return fmt::format(R"(<{} type="{}" message="{}">{}</{}>)", element, type, attribute(message),
                     attribute(text), element);
}

std::string numbers_of(const ComparisonCells& cells) {
  const Comparison& comparison = *cells.comparison;
  std::string text = fmt::format("{} {}, {} {}; effect {}", comparison.baseline, cells.baseline_value,
                                 comparison.candidate, cells.candidate_value, cells.effect);
  if (!cells.interval.empty()) text += fmt::format(" ({})", cells.interval);
  text += fmt::format("; margin {}, {}, minimum detectable effect {}",
                      format_percent(comparison.margin), counted(comparison.n, "block"), cells.minimum_detectable_effect);
  if (!cells.remark.empty()) text += "; " + cells.remark;
  return text;
}

void add_comparison(Suite& suite, const ComparisonCells& cells) {
  const Comparison& comparison = *cells.comparison;
  const std::string text = numbers_of(cells);
  std::string inside;
  switch (comparison.verdict) {
    case Verdict::slower:
      ++suite.failures;
      inside = outcome("failure", "slower", comparison.reason, text);
      break;
    case Verdict::invalid:
      ++suite.errors;
      inside = outcome("error", "invalid", comparison.reason, text);
      break;
    case Verdict::inconclusive:
      ++suite.skipped;
      inside = fmt::format(R"(<skipped message="{}"/><system-out>{}</system-out>)",
                           attribute("inconclusive: " + comparison.reason), attribute(text));
      break;
    case Verdict::same:
    case Verdict::faster:
      inside = fmt::format("<system-out>{}: {}</system-out>", cells.verdict, attribute(text));
  }
  add_case(suite, comparison.candidate, cells.name, comparison.candidate_seconds, inside);
}

Suite correctness(const Run& run, const Analysis& analysis) {
  Suite suite{"correctness", "", 0, 0, 0, 0};
  for (const std::string& wrong : analysis.wrong) {
    ++suite.failures;
    add_case(suite, "correctness", wrong, {}, outcome("failure", "wrong", wrong, ""));
  }
  if (analysis.wrong.empty()) {
    int passed = 0, not_run = 0;
    for (const Trial& trial : run.trials) {
      passed += trial.tests_passed;
      not_run += trial.tests_skipped;
    }
    add_case(suite, "correctness", "no wrong result", {},
             fmt::format("<system-out>{} processes, {} validation tests passed{}</system-out>", run.trials.size(), passed,
                         not_run == 0 ? "" : fmt::format(", {} skipped", not_run)));
  }
  return suite;
}

Suite skipped_benchmarks(const ReportView& view) {
  Suite suite{"skipped", "", 0, 0, 0, 0};
  for (const SkippedGroup& group : view.skipped) {
    const std::string inside = fmt::format(R"(<skipped message="{}"/>)", attribute(group.reason));
    std::vector<std::string> names = group.benchmarks;
    if (names.empty()) names.push_back(group.reason);
    for (const std::string& name : names) {
      ++suite.skipped;
      add_case(suite, "skipped", name, {}, inside);
    }
  }
  return suite;
}

std::vector<Suite> suites_of(const Run& run, const Analysis& analysis, const ReportView& view) {
  std::vector<Suite> suites;
  for (const ModeTable& table : view.tables) {
    Suite& suite =
        suites.emplace_back(Suite{fmt::format("{} against {}", table.candidate, table.baseline), "", 0, 0, 0, 0});
    for (const ComparisonCells& cells : table.rows) add_comparison(suite, cells);
  }
  if (suites.empty()) {
    Suite& suite = suites.emplace_back(Suite{"comparison", "", 0, 0, 1, 0});
    add_case(suite, "comparison", "something was compared", {},
             outcome("error", "nothing compared", view.sentence, view.state));
  }
  suites.push_back(correctness(run, analysis));
  if (!view.skipped.empty()) suites.push_back(skipped_benchmarks(view));
  return suites;
}

std::string counts(const Suite& suite) {
  return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}")", suite.tests, suite.failures,
                     suite.errors, suite.skipped);
}

std::string properties(const ReportView& view) {
  std::string text = "    <properties>\n";
  for (const auto& [label, value] : view.provenance) {
    text +=
        fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", attribute(label), attribute(value));
  }
  return text + "    </properties>\n";
}

}  // namespace

std::string render_junit(const Run& run, const Analysis& analysis) {
  const ReportView view = describe(run, analysis);
  const std::vector<Suite> suites = suites_of(run, analysis, view);
  Suite total;
  std::string body;
  for (const Suite& suite : suites) {
    total.tests += suite.tests;
    total.failures += suite.failures;
    total.errors += suite.errors;
    total.skipped += suite.skipped;
    body += fmt::format("  <testsuite name=\"{}\" {} timestamp=\"{}\">\n{}{}  </testsuite>\n",
                        attribute(suite.name), counts(suite), attribute(run.started_at), properties(view),
                        suite.cases);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\" {}>\n{}</testsuites>\n",
      attribute("cuparity " + run.suite), counts(total), body);
}

}  // namespace cuparity
