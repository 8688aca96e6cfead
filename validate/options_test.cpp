#include "validate/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace cuparity::validate {
namespace {

using testing::HasSubstr;

std::string message_of(const std::string& argument) {
  try {
    parse_options({argument});
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no error";
}

TEST(Options, Defaults) {
  const Options options = parse_options({});
  EXPECT_EQ(options.backend, "auto");
  EXPECT_FALSE(options.inject_wrong);
  EXPECT_FALSE(options.help);
}

TEST(Options, ReadsEach) {
  const Options options = parse_options({"--backend=cpu", "--inject-wrong=gemm/.*", "--version"});
  EXPECT_EQ(options.backend, "cpu");
  ASSERT_TRUE(options.inject_wrong);
  EXPECT_TRUE(std::regex_search("gemm/own/fp32/1", *options.inject_wrong));
  EXPECT_TRUE(options.version);
}

TEST(Options, BadOnesAreNamed) {
  EXPECT_THAT(message_of("--backend=gpu"), HasSubstr("--backend=gpu: use auto, cuda or cpu"));
  EXPECT_THAT(message_of("--backend"), HasSubstr("--backend: unknown argument"));
  EXPECT_THAT(message_of("gemm"), HasSubstr("gemm: unknown argument"));
  EXPECT_THAT(message_of("--inject-wrong=("), HasSubstr("not a regular expression"));
}

}  // namespace
}  // namespace cuparity::validate
