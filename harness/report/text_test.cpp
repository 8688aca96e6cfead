#include "harness/report/text.hpp"

#include <gtest/gtest.h>

namespace cuparity {
namespace {

TEST(CleanText, KeepsWhatPeopleWrite) {
  EXPECT_EQ(clean_text("gemm/own/fp32 – größer, 数, עברית"), "gemm/own/fp32 – größer, 数, עברית");
}

TEST(CleanText, DisarmsControlAndDirectionCharacters) {
  EXPECT_EQ(clean_text("a\x1b[31mb"), "a\uFFFD[31mb");
  EXPECT_EQ(clean_text("a\nb\tc\r"), "a b c ");
  EXPECT_EQ(clean_text("abc\u202Etxt.exe"), "abc\uFFFDtxt.exe");
  EXPECT_EQ(clean_text("zero\u200Bwidth\u2066iso\uFEFF"), "zero\uFFFDwidth\uFFFDiso\uFFFD");
  EXPECT_EQ(clean_text(std::string("nul\0byte", 8)), "nul\uFFFDbyte");
  EXPECT_EQ(clean_text("c1\u009B31m"), "c1\uFFFD31m");
}

TEST(CleanText, ReplacesInvalidBytes) {
  EXPECT_EQ(clean_text("\xFF\xC0\xAF"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(clean_text("cut\xE2\x82"), "cut\uFFFD\uFFFD");
  EXPECT_EQ(clean_text("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");            // a surrogate
  EXPECT_EQ(clean_text("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");  // beyond U+10FFFF
}

TEST(Shortened, KeepsBothEnds) {
  const std::string shorter = shortened(std::string(5000, 'a') + std::string(5000, 'z'), 20);
  EXPECT_EQ(display_width(shorter), 20U);
  EXPECT_EQ(shorter, std::string(12, 'a') + "…" + std::string(7, 'z'));
  EXPECT_EQ(shortened("short", 20), "short");
}

TEST(Shortened, NeverCutsACharacter) {
  std::string wide;
  for (int i = 0; i < 50; ++i) wide += "数";
  const std::string shorter = shortened(wide, 21);
  EXPECT_LE(display_width(shorter), 21U);
  EXPECT_EQ(clean_text(shorter), shorter);
}

TEST(DisplayWidth, CountsColumns) {
  EXPECT_EQ(display_width("µs"), 2U);
  EXPECT_EQ(display_width("数"), 2U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
}

TEST(ShellQuoted, QuotesWhatAShellWouldChange) {
  EXPECT_EQ(shell_quoted({"cuparity", "run", "--mode", "docker:--gpus='\"device=0,1\"'", "", "a b"}),
            "cuparity run --mode 'docker:--gpus='\\''\"device=0,1\"'\\''' '' 'a b'");
}

TEST(MarkdownText, IsNoMarkup) {
  EXPECT_EQ(markdown_text("a|b *c* [d](e) <f> g&h @i\nj"), "a\\|b \\*c\\* \\[d\\](e) &lt;f> g&amp;h @<!-- -->i j");
  EXPECT_EQ(markdown_text("> a, #123, http://x"), "&gt; a, #123, http://x");
  EXPECT_EQ(markdown_code("a|b`c\nd", 80), "`a|b'c d`");
  EXPECT_EQ(markdown_code("a|b", 80, true), "`a\\|b`");
  EXPECT_EQ(markdown_text_without_links("> a, #123, http://x {~!$}"), "&gt; a, \\#123, http<!-- -->://x \\{\\~\\!\\$\\}");
}

}  // namespace
}  // namespace cuparity
