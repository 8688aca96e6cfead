#include "harness/doctor/text/squeezed_text.hpp"

#include <gtest/gtest.h>

namespace cuparity {
namespace {

TEST(SqueezedText, LineEndsAnywhereQuotesAndColoursDoNotCount) {
  for (const char* text :
       {"could not select device driver \"\" with capabilities: [[gpu]].",
        "Could not select device\n   driver \"\" with capabi\nlities: [[gpu]]",
        "\x1b[31mcould not select\x1b[0m device driver \xe2\x80\x9c\xe2\x80\x9d with capabilities: [[gpu]]",
        "could not select device driver \\\"\\\" with\\ncapabilities: [[gpu]]",
        "\\u001b[1mcould not select device driver &quot;&quot; with capabilities: [[gpu]]",
        "2025-11-02T10:11:12.345Z could not select device driver\n2025-11-02T10:11:12.346Z \"\" with "
        "capabilities: [[gpu]]",
        "Nov  2 10:11:12 box dockerd[812]: could not select device\nNov  2 10:11:12 box dockerd[812]: driver "
        "'' with capabilities: [[gpu]]",
        "web-1  | could not select device driver \"\"\nweb-1  | with capabilities: [[gpu]]",
        "> could not select device driver \"\"\n> with capabilities: [[gpu]]"}) {
    EXPECT_GT(SqueezedText(text).find("could not select device driver with capabilities: [[gpu]]"), 0u)
        << text;
  }
}

TEST(SqueezedText, AWordIsFoundWhole) {
  EXPECT_EQ(SqueezedText("the migration").find("mig"), 0u);
  EXPECT_GT(SqueezedText("MIG-1234 is gone").find("mig"), 0u);
  EXPECT_EQ(SqueezedText("Error 8021").find("error 802"), 0u);
  EXPECT_GT(SqueezedText("Error 802: system").find("error 802"), 0u);
  EXPECT_GT(SqueezedText("error 802\n1 GPU").find("error 802"), 0u);
  EXPECT_GT(SqueezedText("libcudnn_ops.so.9").find("libcudnn*"), 0u);
}

TEST(SqueezedText, GapsAndAlternatives) {
  const SqueezedText text("unsatisfied condition: cuda>=12.8, please update your driver");
  EXPECT_GT(text.find("unsatisfied*driver"), 0u);
  EXPECT_GT(text.find("nothing|unsatisfied condition"), 0u);
  EXPECT_EQ(text.find("driver*unsatisfied"), 0u);
  EXPECT_EQ(SqueezedText("first" + std::string(400, '.') + "second").find("first*second"), 0u);
  EXPECT_GT(SqueezedText("first ... first, second").find("first*second"), 0u);
}

TEST(SqueezedText, HostileTextsAreNoCrash) {
  for (const std::string& text : {std::string(), std::string("\x1b"), std::string("\x1b["), std::string("\\"),
                                  std::string(1000, '\0'), std::string(3000, '\x1b'), std::string(100000, '[')}) {
    EXPECT_EQ(SqueezedText(text).find("a*b|c"), 0u);
  }
  EXPECT_EQ(SqueezedText("abc").find(""), 0u);
  EXPECT_EQ(SqueezedText("abc").find("*"), 0u);
}

}  // namespace
}  // namespace cuparity
