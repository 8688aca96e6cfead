#include "harness/report/numbers.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace cuparity {
namespace {

TEST(Numbers, SecondsTakeTheUnitThatFits) {
  EXPECT_EQ(format_seconds(3.214e-6), "3.214 µs");
  EXPECT_EQ(format_seconds(0.01451), "14.51 ms");
  EXPECT_EQ(format_seconds(0.25), "250.0 ms");
  EXPECT_EQ(format_seconds(1.5), "1.500 s");
  EXPECT_EQ(format_seconds(5e-10), "0.500 ns");
  EXPECT_EQ(format_seconds(0), "0.000 ns");
  EXPECT_EQ(format_seconds(125), "2 min 5 s");
  EXPECT_EQ(format_seconds(7300), "2 h 1 min");
  EXPECT_EQ(format_seconds(NAN), "unknown");
}

TEST(Numbers, RatesArePowersOfTen) {
  EXPECT_EQ(format_bytes_per_second(3.3524e12), "3.352 TB/s");
  EXPECT_EQ(format_bytes_per_second(55.1e9), "55.10 GB/s");
  EXPECT_EQ(format_flops_per_second(7.012e14), "701.2 TFLOP/s");
  EXPECT_EQ(format_flops_per_second(1.2e15), "1.200 PFLOP/s");
}

TEST(Numbers, MemoryIsPowersOfTwo) {
  EXPECT_EQ(format_bytes(80.0 * 1024 * 1024 * 1024), "80 GiB");
  EXPECT_EQ(format_bytes(64.0 * 1024 * 1024), "64 MiB");
  EXPECT_EQ(format_bytes(1536), "1.5 KiB");
  EXPECT_EQ(format_bytes(0), "0 B");
}

TEST(Numbers, EffectsHaveASign) {
  EXPECT_EQ(format_effect(0.0012), "+0.12 %");
  EXPECT_EQ(format_effect(-0.8412), "−84.1 %");
  EXPECT_EQ(format_effect(25000.006), "+2500001 %");
  EXPECT_EQ(format_effect(0.000001), "±0.00 %");
  EXPECT_EQ(format_effect(-0.000001), "±0.00 %");
  EXPECT_EQ(format_effect(INFINITY), "unknown");
}

TEST(Numbers, IntervalsNeedBothEnds) {
  EXPECT_EQ(format_interval(-0.001, 0.0034), "−0.10 … +0.34 %");
  EXPECT_EQ(format_interval(std::nullopt, 0.1), "");
  EXPECT_EQ(format_interval(NAN, 0.1), "");
}

TEST(Numbers, Percent) {
  EXPECT_EQ(format_percent(0.01), "1 %");
  EXPECT_EQ(format_percent(19.951), "1995 %");
  EXPECT_EQ(format_percent(0.00253), "0.253 %");
}

}  // namespace
}  // namespace cuparity
