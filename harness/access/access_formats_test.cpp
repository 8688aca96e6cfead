// The four formats of one table, byte by byte. After a wanted change make the files again:
//   CUPARITY_UPDATE_GOLDEN=1 build/…/access_test --gtest_filter='AccessFormats.*', then read the diff.
#include "harness/access/access_formats.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/access/example_table.hpp"
#include "harness/golden_file.hpp"
#include "harness/record/access_json.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::Not;

void compare_with_golden(const std::string& name, const std::string& text) {
  compare_with_golden_file(std::string(CUPARITY_ACCESS_GOLDEN_FOLDER) + "/" + name, text);
}

TEST(AccessFormats, Text) { compare_with_golden("access.txt", access_text(example_table())); }
TEST(AccessFormats, Markdown) { compare_with_golden("access.md", access_markdown(example_table())); }
TEST(AccessFormats, Junit) { compare_with_golden("access.junit.xml", access_junit(example_table())); }

TEST(AccessFormats, Json) {
  std::string text = access_json(example_table());
  const std::string version = std::string("\"version\": \"") + CUPARITY_VERSION + "\"";
  ASSERT_THAT(text, HasSubstr(version));
  text.replace(text.find(version), version.size(), "\"version\": \"VERSION\"");
  compare_with_golden("access.json", text);
}

TEST(AccessFormats, ARowIsReadBackAsItWas) {
  for (const AccessRow& row : example_table().rows)
    EXPECT_EQ(to_json(access_row_from_json(to_json(row), "row")), to_json(row));
}

TEST(AccessFormats, AnEmptyHostSaysThatRowsAreSkipped) {
  AccessTable table = example_table();
  table.host = {};
  table.host.stand_in = "/dev/fuse";
  EXPECT_THAT(access_text(table), HasSubstr("this host has no GPU: rows that need one are skipped; isolation is shown with /dev/fuse"));
  EXPECT_THAT(access_markdown(table), HasSubstr("`/dev/fuse`"));
  EXPECT_THAT(access_markdown(table), Not(HasSubstr("| GPU |")));
}

TEST(AccessFormats, ControlCharactersOfAnEngineStayOutOfTheTerminal) {
  AccessTable table = example_table();
  table.rows[3].reason = "red \x1b[31m text";
  EXPECT_THAT(access_text(table), Not(HasSubstr("\x1b")));
  EXPECT_THAT(access_junit(table), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace cuparity
