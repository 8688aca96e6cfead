// report.csv: RFC 4180, one line a comparison, for spreadsheets and data frames.
#include <fmt/format.h>

#include "harness/record/benchmark_json.hpp"
#include "harness/report/report.hpp"
#include "harness/report/report_view.hpp"
#include "harness/report/text.hpp"

namespace cuparity {
namespace {

constexpr const char* header =
    "kind,benchmark,baseline,candidate,verdict,effect,interval_low,interval_high,confidence_level,margin,"
    "blocks,minimum_detectable_effect,blocks_to_settle,p_value,adjusted_p_value,baseline_seconds,"
    "candidate_seconds,detectable_below_margin,same_bits,measure,time_effect,reason";

/// Quoted where RFC 4180 asks for it. A spreadsheet takes a text that begins with = + - @ for a formula;
/// the apostrophe in front tells it not to.
std::string text_cell(const std::string& text) {
  std::string cell = clean_text(text);
  if (!cell.empty() && std::string("=+-@").find(cell.front()) != std::string::npos) cell.insert(0, "'");
  if (cell.find_first_of(",\"\n\r") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

/// More digits than any measurement has.
std::string cell(double value) { return fmt::format("{:.10g}", value); }
std::string cell(int value) { return std::to_string(value); }
std::string cell(bool value) { return value ? "true" : "false"; }

template <typename Value>
std::string cell(const std::optional<Value>& value) {
  return value ? cell(*value) : "";
}

std::string line(const char* kind, const Comparison& comparison) {
  const std::vector<std::string> cells = {kind,
                                          text_cell(short_name(comparison.benchmark)),
                                          text_cell(comparison.baseline),
                                          text_cell(comparison.candidate),
                                          to_string(comparison.verdict),
                                          cell(comparison.effect),
                                          cell(comparison.interval_low),
                                          cell(comparison.interval_high),
                                          cell(comparison.confidence_level),
                                          cell(comparison.margin),
                                          cell(comparison.n),
                                          cell(comparison.minimum_detectable_effect),
                                          cell(comparison.blocks_to_settle),
                                          cell(comparison.p_value),
                                          cell(comparison.adjusted_p_value),
                                          cell(comparison.baseline_seconds),
                                          cell(comparison.candidate_seconds),
                                          cell(comparison.detectable_below_margin),
                                          cell(comparison.same_bits),
                                          comparison.measure == Measure::cycles ? "cycles" : "seconds",
                                          cell(comparison.time_effect),
                                          text_cell(comparison.reason)};
  return fmt::format("{}\r\n", fmt::join(cells, ","));
}

/// What has no comparison fills the first columns and the reason alone.
std::string short_line(const char* kind, const std::string& benchmark, const std::string& candidate,
                       const std::string& reason) {
  return fmt::format("{},{},,{}{}{}\r\n", kind, text_cell(benchmark), text_cell(candidate),
                     std::string(18, ','), text_cell(reason));
}

}  // namespace

std::string render_csv(const Run& run, const Analysis& analysis) {
  const ReportView view = describe(run, analysis);
  std::string csv = std::string(header) + "\r\n";
  for (const Comparison& comparison : analysis.comparisons) csv += line("comparison", comparison);
  for (const Comparison& comparison : analysis.noise_floor) csv += line("noise floor", comparison);
  for (const MeasuredCells& measured : view.measured) {
    csv += short_line("measured", measured.name, measured.mode,
                      fmt::format("median {} of {} process{}", measured.value, measured.processes,
                                  measured.processes == "1" ? "" : "es"));
  }
  for (const SkippedGroup& skipped : view.skipped) {
    if (skipped.benchmarks.empty()) csv += short_line("skipped", "", "", skipped.reason);
    for (const std::string& benchmark : skipped.benchmarks) {
      csv += short_line("skipped", benchmark, "", skipped.reason);
    }
  }
  for (const std::string& wrong : analysis.wrong) csv += short_line("wrong", "", "", wrong);
  return csv;
}

}  // namespace cuparity
