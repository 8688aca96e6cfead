#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/property_tree/xml_parser.hpp>
#include <sstream>

#include "harness/report/example_run.hpp"
#include "harness/report/report.hpp"
#include "harness/report/xml_text.hpp"

namespace cuparity {
namespace {

using boost::property_tree::ptree;

ptree parsed(const std::string& xml) {
  std::istringstream stream(xml);
  ptree tree;
  read_xml(stream, tree);
  return tree.get_child("testsuites");
}

/// What the elements hold against what the attributes of `suite` claim.
void expect_honest_counts(const ptree& suite) {
  int tests = 0, failures = 0, errors = 0, skipped = 0;
  for (const auto& [name, child] : suite) {
    if (name != "testcase") continue;
    ++tests;
    failures += static_cast<int>(child.count("failure"));
    errors += static_cast<int>(child.count("error"));
    skipped += static_cast<int>(child.count("skipped"));
  }
  EXPECT_EQ(suite.get<int>("<xmlattr>.tests"), tests);
  EXPECT_EQ(suite.get<int>("<xmlattr>.failures"), failures);
  EXPECT_EQ(suite.get<int>("<xmlattr>.errors"), errors);
  EXPECT_EQ(suite.get<int>("<xmlattr>.skipped"), skipped);
}

TEST(Junit, CountsAreThoseOfTheCases) {
  const Example example = example_run();
  const ptree suites = parsed(render_junit(example.run, example.analysis));
  int tests = 0;
  for (const auto& [name, suite] : suites) {
    if (name != "testsuite") continue;
    expect_honest_counts(suite);
    tests += suite.get<int>("<xmlattr>.tests");
  }
  EXPECT_EQ(suites.get<int>("<xmlattr>.tests"), tests);
  EXPECT_EQ(suites.get<int>("<xmlattr>.failures"), 3);  // slower under both modes, and one wrong result
  EXPECT_EQ(suites.get<int>("<xmlattr>.skipped"), 4);   // two inconclusive, two skipped
}

TEST(Junit, NothingComparedIsAnError) {
  const ptree suites = parsed(render_junit(Example{}.run, Analysis{}));
  EXPECT_EQ(suites.get<int>("<xmlattr>.errors"), 1);
  for (const auto& [name, suite] : suites) {
    if (name == "testsuite") expect_honest_counts(suite);
  }
}

TEST(Junit, HostileTextsAreText) {
  const Example example = hostile_run();
  const std::string xml = render_junit(example.run, example.analysis);
  EXPECT_THAT(xml, testing::Not(testing::HasSubstr("<script")));
  EXPECT_THAT(xml, testing::Not(testing::HasSubstr("\x1b")));
  EXPECT_GT(parsed(xml).get<int>("<xmlattr>.tests"), 10);
}

TEST(XmlText, OnlyWhatXmlAllows) {
  EXPECT_EQ(xml_escaped("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&apos;");
  EXPECT_EQ(xml_escaped(std::string("\0\x01", 2)), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(xml_escaped("\xEF\xBF\xBE\xEF\xBF\xBFé\xEF\xBC\x81"),
            "\xEF\xBF\xBD\xEF\xBF\xBDé\xEF\xBC\x81");
}

}  // namespace
}  // namespace cuparity
