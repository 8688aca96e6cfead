#include "harness/plan/suite.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>

#include "harness/errors.hpp"
#include "harness/stats/margins.hpp"

namespace cuparity {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* good =
    "name: mine\n"
    "description: what it is for\n"
    "blocks: 24\n"
    "looks: [12, 24]\n"
    "margins:\n"
    "  default: 0.02\n"
    "  launch/.*: 0.05\n"
    "per_clock: [^gemm/]\n"
    "time_limit_seconds: 30\n"
    "repetitions: 7\n"
    "min_time_seconds: 0.1\n"
    "validate: Gemm*\n"
    "benchmarks:\n"
    "  cpu: [saxpy/.*, gemm/.*]\n";

std::string error_of(const std::string& yaml) {
  try {
    parse_suite(yaml, "mine.yaml");
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Suite, ReadsEveryKey) {
  const Suite suite = parse_suite(good, "mine.yaml");
  EXPECT_EQ(suite.name, "mine");
  EXPECT_EQ(suite.description, "what it is for");
  EXPECT_EQ(suite.blocks, 24);
  EXPECT_THAT(suite.looks, ElementsAre(12, 24));
  EXPECT_EQ(suite.margins.at("default"), 0.02);
  EXPECT_EQ(suite.margins.at("launch/.*"), 0.05);
  EXPECT_THAT(suite.per_clock, ElementsAre("^gemm/"));
  EXPECT_EQ(suite.time_limit_seconds, 30);
  EXPECT_EQ(suite.repetitions, 7);
  EXPECT_EQ(suite.min_time_seconds, 0.1);
  EXPECT_EQ(suite.validate, "Gemm*");
  EXPECT_THAT(suite.benchmarks.at("cpu"), ElementsAre("saxpy/.*", "gemm/.*"));
}

TEST(Suite, HasDefaultsForWhatIsLeftOut) {
  const Suite suite = parse_suite("name: x\nvalidate: none\nbenchmarks: {cpu: [a]}\n", "x.yaml");
  EXPECT_THAT(suite.looks, ElementsAre(12));
  EXPECT_EQ(suite.margins, default_margins());
  EXPECT_EQ(margin_of("launch/submit", suite.margins), 0.02);
  EXPECT_EQ(suite.validate, "");
}

TEST(Suite, TakesMarginsInPercent) {
  const Suite suite = parse_suite("name: x\nmargins: {a: 2%, b: 0.5 %, c: 0.03}\nbenchmarks: {cpu: [a]}\n", "x.yaml");
  EXPECT_DOUBLE_EQ(suite.margins.at("a"), 0.02);
  EXPECT_DOUBLE_EQ(suite.margins.at("b"), 0.005);
  EXPECT_DOUBLE_EQ(suite.margins.at("c"), 0.03);
  EXPECT_DOUBLE_EQ(suite.margins.at("default"), 0.01);
}

TEST(Suite, RefusesMarginsThatAreNoShare) {
  for (const char* margin : {"1%%", "1 % %", "%", "0%", "nan%", "1e-300%", "100%"})
    EXPECT_THROW(parse_suite(std::string("name: x\nmargins: {a: \"") + margin + "\"}\nbenchmarks: {cpu: [a]}\n", "x.yaml"), UsageError)
        << margin;
}

struct Mistake {
  const char* name;
  const char* from;  ///< replaced in `good`
  const char* to;
  const char* error;
};

class SuiteMistake : public testing::TestWithParam<Mistake> {};

TEST_P(SuiteMistake, IsSaidWithItsLineAndWhatToWrite) {
  std::string yaml = good;
  const std::size_t at = yaml.find(GetParam().from);
  ASSERT_NE(at, std::string::npos);
  yaml.replace(at, std::string(GetParam().from).size(), GetParam().to);
  EXPECT_THAT(error_of(yaml), HasSubstr(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Suite, SuiteMistake,
    testing::Values(
        Mistake{"key", "repetitions:", "repetition:",
                "mine.yaml:10: unknown key 'repetition'; did you mean 'repetitions'?"},
        Mistake{"swap", "blocks: 24", "bolcks: 24",
                "mine.yaml:3: unknown key 'bolcks'; did you mean 'blocks'?"},
        Mistake{"far", "repetitions: 7", "colour: red",
                "mine.yaml:10: unknown key 'colour'; known: name, description"},
        Mistake{"backend", "cpu: [", "cup: [", "mine.yaml:14: unknown key 'cup'; did you mean 'cpu'?"},
        Mistake{"twice", "repetitions: 7", "blocks: 7", "mine.yaml:10: 'blocks' stands twice"},
        Mistake{"word", "blocks: 24", "blocks: many",
                "mine.yaml:3: 'blocks' must be a whole number of at least 1, not 'many'"},
        Mistake{"zero", "blocks: 24", "blocks: 0",
                "mine.yaml:3: 'blocks' must be a whole number of at least 1, not '0'"},
        Mistake{"fraction", "blocks: 24", "blocks: 2.5", "not '2.5'"},
        Mistake{"list", "blocks: 24", "blocks: [1]", "mine.yaml:3: 'blocks' must be a whole number"},
        Mistake{"negative", "min_time_seconds: 0.1", "min_time_seconds: -1",
                "mine.yaml:11: 'min_time_seconds' must be a number above 0"},
        Mistake{"nan", "min_time_seconds: 0.1", "min_time_seconds: .nan", "must be a number above 0"},
        Mistake{"looks", "[12, 24]", "[24, 12]", "mine.yaml:4: 'looks' must ascend"},
        Mistake{"last_look", "[12, 24]", "[12, 20]", "mine.yaml:4: the last look (20) must be 'blocks' (24)"},
        Mistake{"look_number", "[12, 24]", "12", "mine.yaml:4: 'looks' must be a list"},
        Mistake{"percent", "default: 0.02", "default: 2",
                "mine.yaml:6: margin 2 of 'default' is relative: 0.01 means 1 %"},
        Mistake{"margin_regex", "launch/.*:", "launch/(:", "is no regular expression"},
        Mistake{"regex", "gemm/.*]", "'gemm/(']", "mine.yaml:14: 'gemm/(' is no regular expression"},
        Mistake{"per_clock", "[^gemm/]", "'gemm/('", "mine.yaml:8: 'per_clock' must be a list of regular expressions"},
        Mistake{"benchmarks", "cpu: [saxpy/.*, gemm/.*]", "cpu: saxpy",
                "mine.yaml:14: 'cpu' must be a list of regular expressions"},
        Mistake{"tab", "looks: [12, 24]", "looks: [12, 24", "mine.yaml:"},
        Mistake{"no_name", "name: mine\n", "", "mine.yaml:1: 'name' is missing"}),
    [](const auto& test) { return test.param.name; });

TEST(Suite, ThatIsNoMapIsRefused) {
  EXPECT_THAT(error_of("just text"), HasSubstr("mine.yaml:1: a suite is a map of keys"));
  EXPECT_THAT(error_of(""), HasSubstr("a suite is a map of keys"));
  EXPECT_THAT(error_of("name: x\n"), HasSubstr("'benchmarks' is missing"));
}

TEST(Suite, OfTwoDocumentsIsRefused) {
  EXPECT_THAT(error_of(std::string(good) + "---\nname: other\n"), HasSubstr("mine.yaml:16: a second YAML document"));
  EXPECT_EQ(parse_suite(std::string("# what for\n---\n") + good + "...\n", "mine.yaml").name, "mine");
}

TEST(Suite, TextThatIsNoDocumentIsReadToItsEnd) {
  EXPECT_THAT(error_of(", a comma first\n" + std::string(good)), HasSubstr("mine.yaml:1: "));
  EXPECT_THAT(error_of(std::string(good) + "---\n, a comma first\n"), HasSubstr("a second YAML document"));
  EXPECT_THAT(error_of(std::string(good) + "...\nname: other\n"), HasSubstr("mine.yaml:16: a second YAML document"));
}

TEST(BuiltinSuites, AreReadWithoutFilesAndCoverBothBackends) {
  EXPECT_THAT(builtin_suite_names(), ElementsAre("quick", "standard", "full", "multi_gpu", "calibrate"));
  for (const std::string& name : builtin_suite_names()) {
    const SuiteText text = load_suite_text(name);
    const Suite suite = parse_suite(text.yaml, text.file_name);
    EXPECT_EQ(suite.name, name);
    EXPECT_EQ(suite.benchmarks.size(), name == "multi_gpu" ? 1u : 2u) << name;
  }
}

TEST(ParseSuite, TakesStartUpAsYesOrNo) {
  const std::string rest = "name: a\nbenchmarks: {cpu: [x]}\n";
  EXPECT_FALSE(parse_suite(rest, "a.yaml").startup);
  EXPECT_TRUE(parse_suite(rest + "startup: true\n", "a.yaml").startup);
  try {
    parse_suite(rest + "startup: often\n", "a.yaml");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("a.yaml:3: 'startup' must be true or false, not 'often'"));
  }
}

TEST(SuiteText, OfAnUnknownNameListsTheNames) {
  try {
    load_suite_text("quik");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean 'quick'?"));
    EXPECT_THAT(error.what(), HasSubstr("quick, standard, full, multi_gpu, calibrate"));
  }
}

TEST(SuiteText, OfAFileIsItsText) {
  const std::string path = testing::TempDir() + "/suite_text_test.yaml";
  std::ofstream(path) << good;
  EXPECT_EQ(load_suite_text(path).yaml, good);
  EXPECT_THROW(load_suite_text(testing::TempDir() + "/absent.yaml"), UsageError);
  EXPECT_THROW(load_suite_text(testing::TempDir() + "/"), UsageError);
  EXPECT_THROW(load_suite_text("./" + std::string(300, 'x') + ".yaml"), UsageError);
}

TEST(LooksForBlocks, KeepsTheLooksBelow) {
  EXPECT_THAT(looks_for_blocks({12, 24}, 24), ElementsAre(12, 24));
  EXPECT_THAT(looks_for_blocks({12, 24}, 30), ElementsAre(12, 24, 30));
  EXPECT_THAT(looks_for_blocks({12, 24}, 12), ElementsAre(12));
  EXPECT_THAT(looks_for_blocks({12, 24}, 3), ElementsAre(3));
}

}  // namespace
}  // namespace cuparity
