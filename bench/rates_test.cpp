#include "bench/rates.hpp"

#include <gtest/gtest.h>

namespace cuparity {
namespace {

Work work_of(double bytes, double flops) {
  Work work;
  work.bytes = bytes;
  work.flops = flops;
  return work;
}

TEST(Rates, OnlyWhatTheWorkHas) {
  benchmark::UserCounters counters;
  set_rates(work_of(8, 0), 0, std::nullopt, counters);
  EXPECT_EQ(counters.size(), 1U);
  EXPECT_EQ(counters.at("bytes_per_second").value, 8);
  set_rates(work_of(8, 2), 4, std::nullopt, counters);
  EXPECT_EQ(counters.size(), 3U);
  EXPECT_EQ(counters.at("bus_bytes_per_second").value, 4);
}

TEST(Rates, TheClockComesWithTheFlopsForEachOfItsTicks) {
  benchmark::UserCounters counters;
  set_rates(work_of(0, 3e9), 0, 1.5e9, counters);
  EXPECT_EQ(counters.at("sm_clock_hz").value, 1.5e9);
  EXPECT_EQ(counters.at("sm_clock_hz").flags, benchmark::Counter::kDefaults);
  EXPECT_EQ(counters.at("flops_per_clock").value, 2);
  EXPECT_EQ(counters.at("flops_per_clock").flags, benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace
}  // namespace cuparity
