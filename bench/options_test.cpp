#include "bench/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace cuparity {
namespace {

/// A command line that take_options() may change.
class CommandLine {
 public:
  explicit CommandLine(std::vector<std::string> arguments) : texts_(std::move(arguments)) {
    texts_.insert(texts_.begin(), "cuparity-bench");
    for (std::string& text : texts_) pointers_.push_back(text.data());
    pointers_.push_back(nullptr);
    count_ = static_cast<int>(texts_.size());
  }
  Options take() { return take_options(count_, pointers_.data()); }
  std::vector<std::string> left() const { return {pointers_.begin() + 1, pointers_.begin() + count_}; }

 private:
  std::vector<std::string> texts_;
  std::vector<char*> pointers_;
  int count_ = 0;
};

TEST(Options, NothingAskedFor) {
  CommandLine line({});
  const Options options = line.take();
  EXPECT_EQ(options.backend, "auto");
  EXPECT_FALSE(options.list_only);
  EXPECT_EQ(options.injected(), "");
}

TEST(Options, OwnFlagsAreTakenAndTheOthersLeft) {
  CommandLine line({"--benchmark_filter=saxpy", "--backend=cpu", "--inject-slowdown=2.5", "--rubbish",
                    "--inject-wrong=gemm/.*", "--benchmark_list_tests"});
  const Options options = line.take();
  EXPECT_EQ(options.backend, "cpu");
  EXPECT_TRUE(options.list_only);
  EXPECT_DOUBLE_EQ(options.inject_slowdown, 0.025);
  EXPECT_EQ(options.inject_wrong, "gemm/.*");
  EXPECT_EQ(options.injected(), "every time is made 2.5 % longer; rows that match gemm/.* are made wrong");
  EXPECT_THAT(line.left(),
              testing::ElementsAre("--benchmark_filter=saxpy", "--rubbish", "--benchmark_list_tests"));
}

TEST(Options, EachBackend) {
  EXPECT_EQ(CommandLine({"--backend=cuda"}).take().backend, "cuda");
  EXPECT_EQ(CommandLine({"--backend=cpu", "--backend=auto"}).take().backend, "auto");
}

TEST(Options, ListingAsGoogleBenchmarkReadsIt) {
  EXPECT_TRUE(CommandLine({"--benchmark_list_tests=true"}).take().list_only);
  EXPECT_FALSE(CommandLine({"--benchmark_list_tests=false"}).take().list_only);
  EXPECT_FALSE(CommandLine({"--benchmark_list_tests_of_another=true"}).take().list_only);
  setenv("BENCHMARK_LIST_TESTS", "1", 1);
  EXPECT_TRUE(CommandLine({}).take().list_only);
  unsetenv("BENCHMARK_LIST_TESTS");
}

TEST(Options, WhatCannotBeUnderstoodIsRefused) {
  for (const char* argument :
       {"--backend", "--backend=", "--backend=gpu", "--inject-slowdown",
        "--inject-slowdown=", "--inject-slowdown=x", "--inject-slowdown=2%", "--inject-slowdown=-1",
        "--inject-slowdown=nan", "--inject-wrong", "--inject-wrong=", "--inject-wrong=("})
    EXPECT_THROW(CommandLine({argument}).take(), OptionError) << argument;
}

TEST(Options, AMinimumTimeIsWrittenAsGoogleBenchmarkWantsIt) {
  for (const char* number : {"0.03", "1", "1e-3", ".5"}) {
    const std::string with_suffix = std::string(number) + "s";
    EXPECT_EQ(minimum_time_text(number, true), with_suffix);
    EXPECT_EQ(minimum_time_text(with_suffix, true), with_suffix);
    EXPECT_EQ(minimum_time_text(number, false), number);
    EXPECT_EQ(minimum_time_text(with_suffix, false), number);
  }
  for (const char* other : {"", "s", "100x", "0.03ss", "0.03 s", "fast", "infs", "nan"}) {
    EXPECT_EQ(minimum_time_text(other, true), other);
    EXPECT_EQ(minimum_time_text(other, false), other);
  }
}

TEST(Options, BothSpellingsOfTheMinimumTimeBecomeOne) {
  CommandLine line({"--benchmark_min_time=0.03", "--benchmark_min_time=0.03s", "--benchmark_min_time=100x",
                    "--benchmark_min_time", "--benchmark_min_times=0.03"});
  const Options options = line.take();
  const std::string rewritten =
      minimum_time_has_suffix() ? "--benchmark_min_time=0.03s" : "--benchmark_min_time=0.03";
  EXPECT_THAT(line.left(), testing::ElementsAre(rewritten, rewritten, "--benchmark_min_time=100x",
                                                "--benchmark_min_time", "--benchmark_min_times=0.03"));
  EXPECT_EQ(options.rewritten.size(), 1u);
}

TEST(Options, ANearMissIsNotTaken) {
  CommandLine line({"--backends=cpu", "--inject-wrongly=x"});
  line.take();
  EXPECT_THAT(line.left(), testing::ElementsAre("--backends=cpu", "--inject-wrongly=x"));
}

}  // namespace
}  // namespace cuparity
