#include "harness/run/selection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "harness/errors.hpp"

namespace cuparity {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<std::string> available = {"bandwidth/copy/fp32/1GiB", "saxpy/own/fp32/1",
                                            "saxpy/own/fp32/16", "launch/submit"};

TEST(ParseBenchmarkList, TakesNamesAndPassesOverMessages) {
  EXPECT_THAT(
      parse_benchmark_list("cuparity-bench: backend cpu: asked\nsaxpy/own/fp32/1/manual_time\n"
                           "startup/process/iterations:5/manual_time\nsaxpy/own/fp32/1/manual_time\n\n"),
      ElementsAre("saxpy/own/fp32/1", "startup/process"));
}

TEST(SelectBenchmarks, MatchesWholeNamesInTheOrderOfTheBuild) {
  const Selection selection = select_benchmarks(available, {"launch/.*", "saxpy/own/fp32/1", "fft/.*"}, "");
  EXPECT_THAT(selection.benchmarks, ElementsAre("saxpy/own/fp32/1", "launch/submit"));
  EXPECT_THAT(selection.unmatched_patterns, ElementsAre("fft/.*"));
}

TEST(SelectBenchmarks, SearchesTheFilterInTheSuitesNames) {
  EXPECT_THAT(select_benchmarks(available, {".*"}, "saxpy|submit").benchmarks,
              ElementsAre("saxpy/own/fp32/1", "saxpy/own/fp32/16", "launch/submit"));
}

TEST(SelectBenchmarks, SaysWhatThereIsWhereTheFilterMatchesNothing) {
  const auto error_of = [](const std::string& filter,
                           const std::vector<std::string>& patterns) -> std::string {
    try {
      select_benchmarks(available, patterns, filter);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(error_of("launch/sumbit", {".*"}), HasSubstr("did you mean 'launch/submit'?"));
  EXPECT_THAT(error_of("xyz", {".*"}), HasSubstr("the suite has bandwidth/copy/fp32/1GiB, "));
  EXPECT_THAT(error_of("(", {".*"}), HasSubstr("is no regular expression"));
  EXPECT_THAT(error_of(std::string(100000, '(') + "a" + std::string(100000, ')'), {".*"}), HasSubstr("is no regular expression"));
  EXPECT_THAT(error_of("", {"fft"}), HasSubstr("match none of the 4 benchmarks"));
}

TEST(FoundInNone, AreThePatternsThatNoNameHolds) {
  EXPECT_THAT(found_in_none({"launch/.*", "^saxpy/", "^own", "lauch/.*"}, available), ElementsAre("^own", "lauch/.*"));
}

TEST(UnmatchedTestPatterns, AreThoseOfGoogleTestThatSelectNothing) {
  const std::vector<std::string> tests = {"Numerics/saxpy.own/1", "Access.Nodes"};
  const auto unmatched = [&](const std::string& filter) { return unmatched_test_patterns(filter, tests); };
  EXPECT_THAT(unmatched("*"), ElementsAre());
  EXPECT_THAT(unmatched("Numerics/*:Acc?ss.*:Access.Nodes:Access"), ElementsAre("Access"));
  EXPECT_THAT(unmatched("-Numerics*"), ElementsAre()) << "takes away from all";
  EXPECT_THAT(unmatched("Access.*:Acess.*-Numerics-x"), ElementsAre("Acess.*"));
  EXPECT_THAT(unmatched("Access.*::"), ElementsAre());
  EXPECT_THAT(unmatched("Acces[s].*:Access\\.Nodes"), ElementsAre("Acces[s].*", "Access\\.Nodes")) << "* and ? alone are special";
}

TEST(ExactFilter, MatchesTheNamesWithAnySuffixAndNoOthers) {
  const std::regex filter(exact_filter({"saxpy/own/fp32/1", "a.b/c"}), std::regex::extended);
  for (const char* name : {"saxpy/own/fp32/1", "saxpy/own/fp32/1/manual_time",
                           "saxpy/own/fp32/1/iterations:5/manual_time", "a.b/c/manual_time"}) {
    EXPECT_TRUE(std::regex_search(name, filter)) << name;
  }
  for (const char* name :
       {"saxpy/own/fp32/16/manual_time", "x/saxpy/own/fp32/1", "saxpy/own/fp32/1/2", "aXb/c"}) {
    EXPECT_FALSE(std::regex_search(name, filter)) << name;
  }
}

}  // namespace
}  // namespace cuparity
