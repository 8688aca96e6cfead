// The clock that the GPU is found to have, against what it says its clock can be; skipped without a GPU.
#include "bench/sm_clock.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "bench/spin_kernel.hpp"

namespace cuparity {
namespace {

class SmClockOnGpu : public testing::Test {
 protected:
  void SetUp() override {
    int devices = 0;
    if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) GTEST_SKIP() << "no GPU answers";
    context_ = std::make_unique<device::Context>();
  }
  std::unique_ptr<device::Context> context_;
};

TEST_F(SmClockOnGpu, IsAboveZeroAndNotAboveTheLargestClock) {
  SmClock clock(*context_);
  for (int run = 0; run < 10; ++run) {
    clock.enqueue_begin();
    enqueue_spin(context_->stream(), 1'000'000);
    clock.enqueue_end();
  }
  const auto hertz = clock.take_average();
  int largest_kilohertz = 0;
  ASSERT_EQ(cudaDeviceGetAttribute(&largest_kilohertz, cudaDevAttrClockRate, context_->ordinal()), cudaSuccess);
  ASSERT_TRUE(hertz);
  EXPECT_GT(*hertz, 1e8);
  EXPECT_LT(*hertz, 1.02 * 1e3 * largest_kilohertz);
}

TEST_F(SmClockOnGpu, NothingMeasuredIsNoClock) {
  SmClock clock(*context_);
  EXPECT_FALSE(clock.take_average());
  clock.enqueue_begin();
  EXPECT_FALSE(clock.take_average());
  clock.enqueue_end();
  clock.take_average();
  EXPECT_FALSE(clock.take_average());
}

}  // namespace
}  // namespace cuparity
