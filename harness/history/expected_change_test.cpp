#include "harness/history/expected_change.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "harness/errors.hpp"

namespace cuparity {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

auto error_of(const std::string& yaml) {
  return [yaml] { parse_expected_changes(yaml, "allow.yaml"); };
}

TEST(ExpectedChanges, AreRead) {
  const auto changes = parse_expected_changes(R"(expected_changes:
  - benchmark: "^gemm/own/"
    bound: 5 %
    reason: bounds check
    until: 2026-12-31
  - benchmark: x
    bound: 0.5
    reason: other
    since: "2026-01-01"
)",
                                              "allow.yaml");
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_TRUE(std::regex_search("gemm/own/fp32/4096", changes[0].benchmark));
  EXPECT_DOUBLE_EQ(changes[0].bound, 0.05);
  EXPECT_EQ(changes[0].reason, "bounds check");
  EXPECT_EQ(changes[0].until, "2026-12-31");
  EXPECT_EQ(changes[0].place, "allow.yaml:2");
  EXPECT_EQ(changes[1].since, "2026-01-01");
}

TEST(ExpectedChanges, SayWhereTheyAreWrong) {
  EXPECT_THAT(error_of("expected_changes:\n  - benchmark: x\n    bound: 0.1\n"),
              ThrowsMessage<UsageError>(HasSubstr("allow.yaml:2: 'reason' is missing")));
  EXPECT_THAT(error_of("expected_changes:\n  - benchmark: x\n    bond: 0.1\n"),
              ThrowsMessage<UsageError>(HasSubstr("allow.yaml:3: unknown key 'bond'; did you mean 'bound'?")));
  EXPECT_THAT(error_of("expected_changes:\n  - {benchmark: x, bound: much, reason: r}\n"),
              ThrowsMessage<UsageError>(HasSubstr("'bound': 'much' is no share above 0")));
  EXPECT_THAT(error_of("expected_changes:\n  - {benchmark: x, bound: 1 %, reason: r, until: tomorrow}\n"),
              ThrowsMessage<UsageError>(HasSubstr("'until: tomorrow' is no date")));
  for (const char* day : {"2027-02-31", "2027-02-29", "2027-04-31", "2027-13-01", "2027-00-10"}) {
    EXPECT_THAT(error_of(fmt::format("expected_changes:\n  - {{benchmark: x, bound: 1 %, reason: r, until: {}}}\n", day)),
                ThrowsMessage<UsageError>(HasSubstr(fmt::format("'until: {}' is no date", day))));
  }
  EXPECT_THAT(error_of("expected_changes:\n  - {benchmark: \"(\", bound: 1 %, reason: r}\n"),
              ThrowsMessage<UsageError>(HasSubstr("'(' is no regular expression")));
  EXPECT_THAT(error_of("expected_changes:\n  - {benchmark: x, bound: 1 %, reason: r}:\n"),
              ThrowsMessage<UsageError>(HasSubstr("allow.yaml:2: a key must be plain text")));
  EXPECT_THAT(error_of("changes: []\n"), ThrowsMessage<UsageError>(HasSubstr("expected a list under")));
  EXPECT_THAT(error_of("a: [\n"), ThrowsMessage<UsageError>(HasSubstr("allow.yaml:")));
  EXPECT_THAT([] { read_expected_changes("/nowhere.yaml"); }, ThrowsMessage<UsageError>(HasSubstr("no such file")));
}

}  // namespace
}  // namespace cuparity
