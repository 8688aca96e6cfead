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

using Values = std::vector<std::string>;

TEST(ShortenedToDiffer, LeavesOutWhatIsAlike) {
  EXPECT_EQ(shortened_to_differ({"/dev/nvidia0,/dev/nvidiactl,/dev/nvidia-caps/nvidia-cap2", "/dev/nvidia0,/dev/nvidiactl,/dev/nvidia-uvm"}, 30),
            (Values{"…nvidia-caps/nvidia-cap2", "…nvidia-uvm"}));
  EXPECT_EQ(shortened_to_differ({"/usr/local/nvidia/lib64/libcuda.so.580", "/usr/lib/x86_64-linux-gnu/libcuda.so.580"}, 30),
            (Values{"…local/nvidia/lib64…", "…lib/x86_64-linux-gnu…"}));
  EXPECT_EQ(shortened_to_differ({"one two three four, five", "one two three four, five, six"}, 20), (Values{"…five", "…five, six"}));
}

TEST(ShortenedToDiffer, LeavesAloneWhatFits) {
  EXPECT_EQ(shortened_to_differ({"none", "docker"}, 10), (Values{"none", "docker"}));
  EXPECT_EQ(shortened_to_differ({"none", "/usr/lib/libcuda.so"}, 10), (Values{"none", shortened("/usr/lib/libcuda.so", 10)}));
  EXPECT_EQ(shortened_to_differ({"a/b/c/d/e/f/g", "–", "a/b/c/d/e/f/h"}, 10), (Values{"…g", "–", "…h"}));
}

TEST(ShortenedToDiffer, StaysWithinItsColumns) {
  const Values cut = shortened_to_differ({std::string(50, 'a') + "," + std::string(50, 'b'), std::string(50, 'a') + "," + std::string(50, 'c')}, 20);
  EXPECT_EQ(display_width(cut[0]), 20U);
  EXPECT_NE(cut[0], cut[1]);
  EXPECT_EQ(shortened_to_differ({std::string(50, 'a'), std::string(50, 'a')}, 20)[1], shortened(std::string(50, 'a'), 20));
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
