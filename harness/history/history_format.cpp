#include "harness/history/history_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/counted.hpp"
#include "harness/record/json_fields.hpp"
#include "harness/report/numbers.hpp"
#include "harness/report/text.hpp"
#include "harness/stats/wording.hpp"

namespace cuparity {
namespace {

constexpr std::size_t widest_name = 40;

std::string day_of(const std::string& date) { return date.substr(0, 10); }

std::string change_text(const SeriesDrift& drift) {
  return drift.changes.empty() ? "-" : signed_percent(drift.changes.back().effect);
}

/// Movement over the whole of the present regime, with its interval, where it is long enough to have one.
std::string trend_text(const SeriesDrift& drift) {
  if (!drift.trend.interval.bounded()) {
    return "-";
  }
  const double runs = drift.regime_runs - 1;
  const std::string text = signed_percent(std::expm1(drift.trend.slope * runs));
  return drift.trend.interval.excludes_zero() ? text : text + " (none shown)";
}

/// One run has none.
std::string scatter_text(const SeriesDrift& drift) { return drift.regime_runs < 2 ? "-" : plain_percent(drift.scatter); }

std::string name_text(const SeriesDrift& drift) {
  return clean_text(drift.series.benchmark) + (drift.series.in_cycles ? ", per clock" : "");
}

std::string mode_text(const SeriesDrift& drift) { return drift.series.mode.empty() ? "-" : clean_text(drift.series.mode); }

/// "2026-11-20 +3.2 %, p 0.001 (serially correlated)"
std::string describe(const RegimeChange& change) {
  std::string text = fmt::format("{} {}", day_of(change.first.started_at), signed_percent(change.effect));
  if (change.p_value) {
    text += fmt::format(", p {:.2g}", *change.p_value);
  }
  if (change.serial_correlation) {
    text += ", serially correlated";
  }
  if (!change.expected.empty()) {
    text += ", expected: " + clean_text(change.expected);
  }
  text += fmt::format(", first in {}", clean_text(change.first.path));
  if (change.first.software != change.last_before.software) {
    text += fmt::format("; before: {}; from then on: {}", clean_text(change.last_before.software),
                        clean_text(change.first.software));
  }
  return text;
}

std::size_t name_width(const std::vector<SeriesDrift>& series) {
  std::size_t width = 9;
  for (const SeriesDrift& drift : series) {
    width = std::max(width, std::min(widest_name, display_width(name_text(drift))));
  }
  return width;
}

std::string summary_line(const HistoryReport& report) {
  const auto changed = std::count_if(report.series.begin(), report.series.end(),
                                     [](const SeriesDrift& drift) { return !drift.changes.empty(); });
  return fmt::format("{}, {} series, {} with a change of level", counted(report.update.files, "result file"),
                     report.series.size(), changed);
}

/// Calls heading(fingerprint) before the first series of each.
template <typename Heading, typename Line>
void for_each_series(const std::vector<SeriesDrift>& series, const Heading& heading, const Line& line) {
  std::string fingerprint = "\n";  // no fingerprint is that
  for (const SeriesDrift& drift : series) {
    if (drift.series.fingerprint != fingerprint) {
      fingerprint = drift.series.fingerprint;
      heading(clean_text(fingerprint));
    }
    line(drift);
  }
}

nlohmann::json point_json(const HistoryPoint& point) {
  return {{"started_at", point.started_at}, {"path", point.path}, {"software", point.software}};
}

nlohmann::json change_json(const RegimeChange& change) {
  return {{"first", point_json(change.first)},
          {"last_before", point_json(change.last_before)},
          {"effect", number_to_json(change.effect)},
          {"p_value", change.p_value ? number_to_json(*change.p_value) : nlohmann::json()},
          {"serial_correlation", change.serial_correlation},
          {"expected", change.expected}};
}

nlohmann::json drift_json(const SeriesDrift& drift) {
  nlohmann::json changes = nlohmann::json::array();
  for (const RegimeChange& change : drift.changes) {
    changes.push_back(change_json(change));
  }
  const bool bounded = drift.trend.interval.bounded();
  return {{"benchmark", drift.series.benchmark},
          {"mode", drift.series.mode},
          {"fingerprint", drift.series.fingerprint},
          {"measure", drift.series.in_cycles ? "cycles" : "seconds"},
          {"runs", drift.series.runs},
          {"last_run", drift.last_run},
          {"regime_runs", drift.regime_runs},
          {"level_seconds", number_to_json(drift.level_seconds)},
          {"scatter", drift.regime_runs < 2 ? nlohmann::json() : number_to_json(drift.scatter)},
          {"trend_a_run", number_to_json(drift.trend.slope)},
          {"trend_low", bounded ? number_to_json(drift.trend.interval.low) : nlohmann::json()},
          {"trend_high", bounded ? number_to_json(drift.trend.interval.high) : nlohmann::json()},
          {"changes", std::move(changes)}};
}

}  // namespace

std::string history_as_text(const HistoryReport& report) {
  const std::size_t width = name_width(report.series);
  std::string text;
  for_each_series(
      report.series,
      [&](const std::string& fingerprint) {
        text += fmt::format("{}{}\n{:<{}}  {:<20}  {:>5}  {:>9}  {:>8}  {:>6}  {:>9}  {}\n", text.empty() ? "" : "\n",
                            fingerprint, "benchmark", width, "mode", "runs", "level", "scatter", "regime", "change",
                            "trend in the regime");
      },
      [&](const SeriesDrift& drift) {
        std::string name = name_text(drift);
        if (display_width(name) > width) {
          text += name + "\n";
          name.clear();
        }
        text += fmt::format("{:<{}}  {:<20}  {:>5}  {:>9}  {:>8}  {:>6}  {:>9}  {}\n", name, width,
                            shortened(mode_text(drift), 20), drift.series.runs, format_seconds(drift.level_seconds),
                            scatter_text(drift), drift.regime_runs, change_text(drift), trend_text(drift));
        for (const RegimeChange& change : drift.changes) {
          text += "    " + describe(change) + "\n";
        }
      });
  for (const std::string& reason : report.update.passed_over) {
    text += fmt::format("{}Passed over: {}\n", text.empty() ? "" : "\n", clean_text(reason));
  }
  return text + fmt::format("\n{}\n", summary_line(report));
}

std::string history_as_markdown(const HistoryReport& report) {
  std::string text = fmt::format("**{}**\n", summary_line(report));
  for_each_series(
      report.series,
      [&](const std::string& fingerprint) {
        text += fmt::format(
            "\n{}\n\n| benchmark | mode | runs | level | scatter | regime | trend in it | changes |\n"
            "|---|---|---:|---:|---:|---:|---:|---|\n",
            markdown_text(fingerprint));
      },
      [&](const SeriesDrift& drift) {
        std::string changes;
        for (const RegimeChange& change : drift.changes) {
          changes += (changes.empty() ? "" : "<br>") + markdown_text(describe(change));
        }
        text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n", markdown_text(name_text(drift)),
                            markdown_text(mode_text(drift)), drift.series.runs, format_seconds(drift.level_seconds),
                            scatter_text(drift), drift.regime_runs, trend_text(drift), changes);
      });
  for (const std::string& reason : report.update.passed_over) {
    text += fmt::format("\nPassed over: {}\n", markdown_text(reason));
  }
  return text;
}

std::string history_as_json(const HistoryReport& report) {
  nlohmann::json series = nlohmann::json::array();
  for (const SeriesDrift& drift : report.series) {
    series.push_back(drift_json(drift));
  }
  const nlohmann::json json = {{"format", "cuparity-history"},
                               {"schema_version", 1},
                               {"folder", report.folder},
                               {"files", report.update.files},
                               {"passed_over", report.update.passed_over},
                               {"series", std::move(series)}};
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace cuparity
