#include "bench/injected_spin.hpp"

#include <gtest/gtest.h>

namespace cuparity {
namespace {

/// A clock of 1 GHz, events half a microsecond apart, and a kernel that costs `cost` seconds besides its spin.
SpinTimes times_of(double row, double cost) {
  const double nothing = 0.5e-6;
  return {row, 0, nothing, nothing + cost + 1e-9 * short_spin_cycles, nothing + cost + 1e-9 * long_spin_cycles};
}

TEST(InjectedSpin, MakesUpForWhatTheKernelCostsByItself) {
  // 1 % of 1 ms are 10 us; 2 us of them are the kernel's, 8 us are 8000 cycles.
  EXPECT_EQ(injected_spin_cycles(times_of(1e-3, 2e-6), 0.01), 8000);
  EXPECT_EQ(injected_spin_cycles(times_of(1e-3, 0), 0.05), 50'000);
}

TEST(InjectedSpin, IsAShareOfTheRowsCyclesWhereItsClockIsLower) {
  SpinTimes times = times_of(1e-3, 2e-6);
  times.row_hertz = 0.8e9;
  EXPECT_EQ(injected_spin_cycles(times, 0.01), 6000);  // of 800,000 cycles, less the kernel's 2 us at 1 GHz
}

TEST(InjectedSpin, IsRefusedBelowTheCostOfAKernel) {
  EXPECT_FALSE(injected_spin_cycles(times_of(100e-6, 2e-6), 0.01).has_value());
  EXPECT_FALSE(injected_spin_cycles(times_of(200e-6, 2e-6), 0.01).has_value());
  EXPECT_TRUE(injected_spin_cycles(times_of(300e-6, 2e-6), 0.01).has_value());
}

TEST(InjectedSpin, IsRefusedWhereTheTimesAreNotThoseOfASpin) {
  EXPECT_FALSE(injected_spin_cycles({}, 0.01).has_value());
  EXPECT_FALSE(injected_spin_cycles({1e-3, 0, 1e-6, 2e-3, 1.5e-3}, 0.01).has_value());
  EXPECT_FALSE(injected_spin_cycles({-1e-3, 0, 1e-6, 2e-3, 3e-3}, 0.01).has_value());
}

}  // namespace
}  // namespace cuparity
