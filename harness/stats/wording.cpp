#include "harness/stats/wording.hpp"

#include <fmt/format.h>

#include <cmath>

#include "harness/stats/per_clock.hpp"

namespace cuparity {
namespace {

int digits_after_point(double percent) {
  const double size = std::abs(percent);
  return size < 0.0995 ? 3 : size < 9.95 ? 2 : size < 99.5 ? 1 : 0;
}

}  // namespace

std::string signed_percent(double ratio) {
  const double percent = 100 * ratio;
  if (!std::isfinite(percent)) return "-";
  const std::string number = fmt::format("{:.{}f} %", std::abs(percent), digits_after_point(percent));
  const bool zero = number.find_first_of("123456789") == std::string::npos;
  return (zero ? "±" : percent < 0 ? "-" : "+") + number;
}

std::string plain_percent(double ratio) {
  const double percent = 100 * ratio;
  if (!std::isfinite(percent)) {
    return "-";
  }
  // A whole margin reads "1 %", not "1.00 %".
  const bool whole = std::abs(percent - std::round(percent)) < 1e-9;
  return fmt::format("{:.{}f} %", percent, whole ? 0 : digits_after_point(percent));
}

std::string interval_text(const Comparison& comparison) {
  if (!comparison.interval_low || !comparison.interval_high) {
    return "unbounded";
  }
  return fmt::format("{} to {}", signed_percent(*comparison.interval_low),
                     signed_percent(*comparison.interval_high));
}

std::string slow_down_text(const Comparison& comparison) {
  const double slowed = slow_down(comparison);
  if (slowed <= comparison.effect.value_or(0)) {
    return fmt::format("{} (interval {})", signed_percent(slowed), interval_text(comparison));
  }
  Comparison in_time = comparison;
  in_time.interval_low = comparison.time_interval_low;
  in_time.interval_high = comparison.time_interval_high;
  return fmt::format("{} in time (interval {})", signed_percent(slowed), interval_text(in_time));
}

std::string settle_advice(std::optional<int> number, const std::string& unit) {
  return number ? fmt::format("about {} {} would settle it", *number, unit)
                : "more measurements alone would hardly settle it";
}

std::string per_clock_remark(const Comparison& comparison) {
  return comparison.measure == Measure::cycles
             ? fmt::format("per clock, in time {}", signed_percent(comparison.time_effect.value_or(std::nan(""))))
             : "";
}

std::string per_clock_note(double time_effect) {
  return fmt::format("; compared in clock cycles, in time it is {}", signed_percent(time_effect));
}

}  // namespace cuparity
