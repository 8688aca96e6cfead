#include "harness/report/numbers.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <span>

namespace cuparity {
namespace {

struct Unit {
  double factor;
  const char* name;
};

/// `units` from large to small; the first that gives at least 1, else the last.
std::string with_unit(double value, std::span<const Unit> units) {
  if (!std::isfinite(value)) return "unknown";
  const Unit* chosen = &units.back();
  for (const Unit& unit : units) {
    if (std::abs(value) >= unit.factor) {
      chosen = &unit;
      break;
    }
  }
  const double scaled = value / chosen->factor;
  const int decimals = std::abs(scaled) >= 100 ? 1 : std::abs(scaled) >= 10 ? 2 : 3;
  return fmt::format("{:.{}f} {}", scaled, decimals, chosen->name);
}

constexpr std::array<Unit, 4> time_units{{{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}, {1e-9, "ns"}}};
constexpr std::array<Unit, 5> byte_rate_units{
    {{1e12, "TB/s"}, {1e9, "GB/s"}, {1e6, "MB/s"}, {1e3, "kB/s"}, {1, "B/s"}}};
constexpr std::array<Unit, 6> flop_rate_units{{{1e15, "PFLOP/s"},
                                               {1e12, "TFLOP/s"},
                                               {1e9, "GFLOP/s"},
                                               {1e6, "MFLOP/s"},
                                               {1e3, "kFLOP/s"},
                                               {1, "FLOP/s"}}};
constexpr std::array<Unit, 4> memory_units{
    {{1024.0 * 1024 * 1024, "GiB"}, {1024.0 * 1024, "MiB"}, {1024, "KiB"}, {1, "B"}}};

std::string signed_percent(double fraction) {
  const double percent = fraction * 100;
  const int decimals = std::abs(percent) >= 1000 ? 0 : std::abs(percent) >= 10 ? 1 : 2;
  std::string number = fmt::format("{:.{}f}", std::abs(percent), decimals);
  const bool zero = number.find_first_not_of("0.") == std::string::npos;
  // The minus sign, not a hyphen: as wide as the plus.
  return (zero ? "±" : percent < 0 ? "−" : "+") + number;
}

}  // namespace

std::string seconds_or_dash(const std::optional<double>& seconds) {
  return seconds ? format_seconds(*seconds) : "-";
}

std::string format_seconds(double seconds) {
  if (std::isfinite(seconds) && seconds >= 60) {
    const long whole = std::lround(seconds);
    if (whole >= 3600) return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
    return fmt::format("{} min {} s", whole / 60, whole % 60);
  }
  return with_unit(seconds, time_units);
}

std::string format_bytes_per_second(double rate) { return with_unit(rate, byte_rate_units); }

std::string format_flops_per_second(double rate) { return with_unit(rate, flop_rate_units); }

std::string format_bytes(double bytes) {
  std::string text = with_unit(bytes, memory_units);
  // Memory sizes are mostly whole: "80 GiB" rather than "80.00 GiB".
  const auto space = text.find(' ');
  if (const auto point = text.find('.'); point < space) {
    auto last = text.find_last_not_of('0', space - 1);
    if (last == point) --last;
    text.erase(last + 1, space - last - 1);
  }
  return text;
}

std::string format_effect(double effect) {
  return std::isfinite(effect) ? signed_percent(effect) + " %" : "unknown";
}

std::string format_interval(std::optional<double> low, std::optional<double> high) {
  if (!low || !high || !std::isfinite(*low) || !std::isfinite(*high)) return "";
  return signed_percent(*low) + " … " + signed_percent(*high) + " %";
}

std::string format_percent(double fraction) {
  if (!std::isfinite(fraction)) return "unknown";
  const double percent = fraction * 100;
  return std::abs(percent) < 1000 ? fmt::format("{:.3g} %", percent) : fmt::format("{:.0f} %", percent);
}

}  // namespace cuparity
