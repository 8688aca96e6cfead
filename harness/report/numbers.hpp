// Numbers as people read them: a unit that fits, and no more digits than are known.
#pragma once

#include <optional>
#include <string>

namespace cuparity {

/// "3.21 µs", "14.5 ms", "1.02 s", "2 min 5 s"; four significant digits below a minute.
std::string format_seconds(double seconds);
/// As format_seconds(), or "-" where there is none.
std::string seconds_or_dash(const std::optional<double>& seconds);

/// "3.352 TB/s", "812 MB/s": powers of ten.
std::string format_bytes_per_second(double rate);

/// "51.20 TFLOP/s".
std::string format_flops_per_second(double rate);

/// "80.0 GiB": powers of two, as memory is sold.
std::string format_bytes(double bytes);

/// A relative effect as a signed percentage: 0.0012 -> "+0.12 %". Two decimals below 10 %, else one.
std::string format_effect(double effect);

/// "−0.10 … +0.34 %"; empty where a bound is missing.
std::string format_interval(std::optional<double> low, std::optional<double> high);

/// A margin or another unsigned relative number: "1 %", "0.25 %".
std::string format_percent(double fraction);

}  // namespace cuparity
