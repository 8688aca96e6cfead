#include "kernels/peer_to_peer/peer_to_peer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "kernels/combined_verification.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::Optional;

TEST(PeerToPeer, FewerThanTwoGpusAreAReasonToSkip) {
  EXPECT_THAT(peer_obstacle({}, 0, 1), Optional(HasSubstr("needs two GPUs, 0 are visible")));
  EXPECT_THAT(peer_obstacle({1, true, true}, 0, 1), Optional(HasSubstr("needs two GPUs, 1 is visible")));
}

TEST(PeerToPeer, APairThatCannotReachEachOtherIsNamed) {
  EXPECT_THAT(peer_obstacle({4, false, true}, 0, 3), Optional(HasSubstr("GPU 0 cannot reach the memory of GPU 3")));
  EXPECT_THAT(peer_obstacle({4, true, false}, 0, 3), Optional(HasSubstr("GPU 3 cannot reach the memory of GPU 0")));
  EXPECT_EQ(peer_obstacle({2, true, true}, 0, 1), std::nullopt);
}

TEST(PeerToPeer, TheCpuBackendHasNoRows) {
  EXPECT_TRUE(peer_to_peer_bench_cases(Backend::cpu).empty());
  EXPECT_TRUE(peer_to_peer_validation_cases(Backend::cpu).empty());
}

TEST(PeerToPeer, CudaRowsHaveNvbandwidthsDirectionsAndCountEachByteOnce) {
  const std::vector<Case> cases = peer_to_peer_bench_cases(Backend::cuda);
#ifdef CUPARITY_HAVE_CUDA
  std::vector<std::string> names;
  for (const Case& row : cases) {
    names.push_back(row.name);
    const bool both_ways = row.name.find("bidirectional") != std::string::npos;
    EXPECT_EQ(row.work.bytes, (both_ways ? 2.0 : 1.0) * (256 << 20)) << row.name;
  }
  EXPECT_THAT(names, testing::ElementsAre(
                         "peer_to_peer/read_ce/256MiB", "peer_to_peer/write_ce/256MiB",
                         "peer_to_peer/bidirectional_read_ce/256MiB", "peer_to_peer/bidirectional_write_ce/256MiB",
                         "peer_to_peer/read_sm/256MiB", "peer_to_peer/write_sm/256MiB",
                         "peer_to_peer/bidirectional_read_sm/256MiB", "peer_to_peer/bidirectional_write_sm/256MiB"));
#else
  EXPECT_TRUE(cases.empty());
#endif
}

TEST(PeerToPeer, WithoutTwoGpusEveryCaseIsSkippedWithAReason) {
  std::vector<Case> cases = peer_to_peer_bench_cases(Backend::cuda);
  for (Case& more : peer_to_peer_validation_cases(Backend::cuda)) cases.push_back(std::move(more));
  if (cases.empty()) GTEST_SKIP() << "built without CUDA";
  const auto reason = cases.front().unsupported(nullptr);
  if (!reason || reason->find("needs two GPUs") == std::string::npos) GTEST_SKIP() << "this machine has two GPUs";
  for (const Case& row : cases) EXPECT_EQ(row.unsupported(nullptr), reason) << row.name;
}

TEST(CombinedVerification, TheWorstPartCountsAndTheOrderOfDigests) {
  const Verification good{0, 7, "good"};
  const Verification bad{3, 8, "bad"};
  EXPECT_EQ(combined({good, bad, good}).error, 3);
  EXPECT_EQ(combined({good, bad, good}).detail, "bad");
  EXPECT_TRUE(combined({good, good}).correct());
  EXPECT_NE(combined({good, bad}).digest, combined({bad, good}).digest);
  EXPECT_FALSE(combined({good, {std::numeric_limits<double>::quiet_NaN(), 1, ""}}).correct());
}

}  // namespace
}  // namespace cuparity
