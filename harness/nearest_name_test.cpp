#include "harness/nearest_name.hpp"

#include <gtest/gtest.h>

namespace cuparity {
namespace {

TEST(NearestName, FindsWhatWasMeant) {
  const std::vector<std::string> names = {"repetitions", "blocks", "looks", "name"};
  EXPECT_EQ(nearest_name("repetition", names), "repetitions");
  EXPECT_EQ(nearest_name("bolcks", names), "blocks");
  EXPECT_EQ(nearest_name("look", names), "looks");
  EXPECT_EQ(nearest_name("name", names), "name");
  EXPECT_EQ(nearest_name("xxxxxxx", names), std::nullopt);
  EXPECT_EQ(nearest_name("", names), std::nullopt);
  EXPECT_EQ(nearest_name("a", {}), std::nullopt);
}

TEST(NearestName, CountsASwapOfNeighboursOnce) { EXPECT_EQ(nearest_name("abdc", {"abef", "abcd"}), "abcd"); }

TEST(DidYouMean, IsReadyToBeAppended) {
  EXPECT_EQ(did_you_mean("blokcs", {"blocks"}), "; did you mean 'blocks'?");
  EXPECT_EQ(did_you_mean("zzz", {"blocks"}), "");
}

}  // namespace
}  // namespace cuparity
