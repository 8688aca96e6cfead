#include <fmt/format.h>

#include "harness/gate/gate_formats.hpp"
#include "harness/record/benchmark_json.hpp"
#include "harness/report/text.hpp"
#include "harness/report/xml_text.hpp"
#include "harness/stats/wording.hpp"

namespace cuparity {
namespace {

constexpr std::size_t text_limit = 2000;

std::string attribute(const std::string& text) { return xml_escaped(shortened(text, text_limit)); }

struct TestSuite {
  std::string cases;
  int tests = 0, failures = 0, errors = 0, skipped = 0;
};

void add_case(const GateResult& result, const std::string& name, const std::string& time, const std::string& inside,
              TestSuite& suite) {
  ++suite.tests;
  suite.cases += fmt::format("    <testcase classname=\"gate.{}{}\" name=\"{}\"{}>{}</testcase>\n", attribute(result.kind),
                             result.mode.empty() ? "" : "." + attribute(result.mode), attribute(name), time, inside);
}

std::string numbers_of(const Comparison& c) {
  if (!c.effect) {
    return "";
  }
  return fmt::format("effect {}, interval {}, margin {}, n = {}{}", signed_percent(*c.effect), interval_text(c),
                     plain_percent(c.margin), c.n, c.measure == Measure::cycles ? "; " + per_clock_remark(c) : "");
}

void add_entry(const GateResult& result, const GateEntry& entry, TestSuite& suite) {
  const Comparison& c = entry.comparison;
  const std::string numbers = attribute(numbers_of(c));
  std::string inside;
  if (!entry.expected.empty()) {
    inside = fmt::format("<system-out>slower as expected: {} ({}); {}</system-out>", attribute(entry.expected),
                         attribute(entry.where), numbers);
  } else if (c.verdict == Verdict::slower) {
    ++suite.failures;
    inside = fmt::format("<failure type=\"slower\" message=\"{}\">{}</failure>", attribute(c.reason), numbers);
  } else if (c.verdict == Verdict::invalid) {
    ++suite.errors;
    inside = fmt::format("<error type=\"invalid\" message=\"{}\">{}</error>", attribute(c.reason), numbers);
  } else if (c.verdict == Verdict::inconclusive) {
    ++suite.skipped;
    inside = fmt::format("<skipped message=\"inconclusive: {}\"/><system-out>{}</system-out>", attribute(c.reason),
                         numbers);
  } else {
    inside = fmt::format("<system-out>{}: {}</system-out>", to_string(c.verdict), numbers);
  }
  const std::string time = c.candidate_seconds ? fmt::format(" time=\"{:.9f}\"", *c.candidate_seconds) : "";
  add_case(result, short_name(c.benchmark), time, inside, suite);
}

std::string suite_of(const GateResult& result) {
  TestSuite suite;
  for (const std::string& wrong : result.wrong) {
    ++suite.errors;
    add_case(result, "correctness: " + wrong, "",
             fmt::format("<error type=\"wrong\" message=\"{}\"></error>", attribute(wrong)), suite);
  }
  for (const GateEntry& entry : result.entries) {
    add_entry(result, entry, suite);
  }
  std::string warnings;
  for (const std::string& warning : result.warnings) {
    warnings += "warning: " + attribute(warning) + "\n";
  }
  for (const std::string& difference : result.environment_differences) {
    warnings += "cross-environment: " + attribute(difference) + "\n";
  }
  return fmt::format(
      "  <testsuite name=\"cuparity gate: {} against {}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" "
      "skipped=\"{}\">\n{}    <system-out>{}{}</system-out>\n  </testsuite>\n",
      attribute(result.candidate), attribute(result.baseline), suite.tests, suite.failures, suite.errors,
      suite.skipped, suite.cases, attribute(result.sentence), warnings.empty() ? "" : "\n" + warnings);
}

}  // namespace

std::string gate_as_junit(const GateResults& results) {
  std::string suites;
  for (const GateResult& result : results) {
    suites += suite_of(result);
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"cuparity gate\">\n" + suites +
         "</testsuites>\n";
}

}  // namespace cuparity
