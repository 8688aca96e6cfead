// How long a spin kernel has to spin to slow a benchmark down by a wanted share. Pure.
#pragma once

#include <optional>

namespace cuparity {

/// Times in seconds of the same work: alone, and followed by a spin of two different lengths.
struct SpinTimes {
  double alone = 0;
  double with_short_spin = 0;
  double with_long_spin = 0;
};

inline constexpr long long short_spin_cycles = 20'000;
inline constexpr long long long_spin_cycles = 120'000;

/// The time grows linearly with the cycles, from alone + what a further kernel costs by itself. Nothing where
/// `share` of `alone` is less than that cost (no spin is short enough), or the times are not as a spin makes
/// them.
std::optional<long long> injected_spin_cycles(const SpinTimes& times, double share);

/// Why nothing could be injected, for people.
const char* injected_spin_obstacle();

}  // namespace cuparity
