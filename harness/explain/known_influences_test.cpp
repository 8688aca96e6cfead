#include "harness/explain/known_influences.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <string>

namespace cuparity {
namespace {

TEST(KnownInfluences, EachIsWhole) {
  for (const KnownInfluence& influence : known_influences()) {
    EXPECT_NO_THROW(std::regex(influence.key)) << influence.key;
    EXPECT_NO_THROW(std::regex(influence.on_cpu)) << influence.key;
    EXPECT_NO_THROW(std::regex(influence.on_cuda)) << influence.key;
    EXPECT_TRUE(*influence.on_cpu != '\0' || *influence.on_cuda != '\0') << influence.key << " moves nothing";
    EXPECT_GE(influence.strength, 1) << influence.key;
    EXPECT_LE(influence.strength, 3) << influence.key;
    for (const char* text : {influence.effect, influence.experiment, influence.source})
      EXPECT_FALSE(std::string(text).empty()) << influence.key;
  }
}

TEST(KnownInfluences, NoneIsExpectedOfAnyContainer) {
  for (const KnownInfluence& influence : known_influences()) {
    for (const ExpectedDifference& expected : expected_differences()) {
      // Keys that are a plain word are compared as such; patterns by hand.
      const bool plain = std::string(influence.key).find_first_of("|()*") == std::string::npos;
      if (!plain) continue;
      EXPECT_FALSE(std::regex_match(influence.key, std::regex(expected.key))) << influence.key;
    }
  }
}

TEST(KnownInfluences, TheNumberOfThreadsMovesANewWorkload) {
  const auto moves = [](const std::string& key, const std::string& benchmark) {
    for (const KnownInfluence& influence : known_influences()) {
      if (std::regex_match(key, std::regex(influence.key)) && *influence.on_cpu != '\0' &&
          std::regex_search(benchmark, std::regex(influence.on_cpu)))
        return true;
    }
    return false;
  };
  for (const char* key : {"threads", "variable_OMP_NUM_THREADS", "cpus_allowed"})
    EXPECT_TRUE(moves(key, "histogram/own/fp32/1024")) << key;
  EXPECT_FALSE(moves("threads", "launch/system_call"));
}

}  // namespace
}  // namespace cuparity
