#include "bench/injected_spin.hpp"

#include <cmath>

namespace cuparity {

std::optional<long long> injected_spin_cycles(const SpinTimes& times, double share) {
  const double a_cycle =
      (times.long_spin - times.short_spin) / static_cast<double>(long_spin_cycles - short_spin_cycles);
  if (!(times.row > 0) || !(a_cycle > 0)) return std::nullopt;
  const double cost = times.short_spin - times.nothing - a_cycle * static_cast<double>(short_spin_cycles);
  const double row_hertz = times.row_hertz > 0 ? times.row_hertz : 1 / a_cycle;
  const double cycles = std::round(share * times.row * row_hertz - cost / a_cycle);
  if (!(cycles >= 1) || cycles > 1e15) return std::nullopt;
  return static_cast<long long>(cycles);
}

const char* injected_spin_obstacle() {
  return "so small a slow-down can't be injected: a further kernel in the stream costs more than that by itself";
}

}  // namespace cuparity
