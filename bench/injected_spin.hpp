// How long a spin kernel has to spin to slow a benchmark down by a wanted share. Pure.
#pragma once

#include <optional>

namespace cuparity {

/// Times in seconds between two events that enclose: the row's work, nothing, a spin of either length. The spins
/// are measured without the row: where a row scatters by per cents (the power limit), a spin of microseconds
/// can't be found in it.
struct SpinTimes {
  double row = 0;
  double row_hertz = 0;  ///< the clock while the row ran, for at the power limit a spin runs faster; 0: the spins' own
  double nothing = 0;
  double short_spin = 0;
  double long_spin = 0;
};

inline constexpr long long short_spin_cycles = 20'000;
inline constexpr long long long_spin_cycles = 120'000;

/// A spin takes what a kernel costs by itself, and a time for each cycle. Nothing where `share` of `row` is less
/// than that cost (no spin is short enough), or the times are not as a spin makes them.
std::optional<long long> injected_spin_cycles(const SpinTimes& times, double share);

/// Why nothing could be injected, for people.
const char* injected_spin_obstacle();

}  // namespace cuparity
