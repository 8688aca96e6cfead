#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/report/example_run.hpp"
#include "harness/report/report.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// RFC 4180 as a reader of it would: records of fields. Bare quotes and uneven records end as a failure.
std::vector<std::vector<std::string>> parsed(const std::string& csv) {
  std::vector<std::vector<std::string>> records(1, std::vector<std::string>(1));
  bool quoted = false;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    std::string& field = records.back().back();
    if (quoted) {
      if (csv[i] != '"') field += csv[i];
      else if (i + 1 < csv.size() && csv[i + 1] == '"') field += csv[++i];
      else quoted = false;
    } else if (csv[i] == '"') {
      EXPECT_EQ(field, "") << "a quote inside of a bare field";
      quoted = true;
    } else if (csv[i] == ',') {
      records.back().emplace_back();
    } else if (csv.compare(i, 2, "\r\n") == 0) {
      ++i;
      if (i + 1 < csv.size()) records.emplace_back(1);
    } else {
      field += csv[i];
    }
  }
  EXPECT_FALSE(quoted);
  return records;
}

TEST(Csv, EveryComparisonIsALineOfAllColumns) {
  const Example example = example_run();
  const auto records = parsed(render_csv(example.run, example.analysis));
  for (const auto& record : records) EXPECT_EQ(record.size(), records.front().size());
  const auto kind = [&](const std::string& name) {
    return std::count_if(records.begin(), records.end(), [&](const auto& r) { return r.front() == name; });
  };
  EXPECT_EQ(kind("comparison"), 14);
  EXPECT_EQ(kind("noise floor"), 7);
  EXPECT_EQ(kind("skipped"), 2);
  EXPECT_EQ(kind("wrong"), 1);
  EXPECT_EQ(records[3][1], "gemm/cublaslt/bf16/8192");
  EXPECT_EQ(records[3][4], "slower");
  EXPECT_DOUBLE_EQ(std::stod(records[3][5]), *example.analysis.comparisons[2].effect);
}

TEST(Csv, HostileTextsStayInTheirCell) {
  const Example example = hostile_run();
  const auto records = parsed(render_csv(example.run, example.analysis));
  for (const auto& record : records) EXPECT_EQ(record.size(), records.front().size());
}

TEST(Csv, NoTextIsAFormula) {
  Example example = example_run();
  example.analysis.comparisons[0].benchmark = "=HYPERLINK(\"http://example.org\",\"x\")";
  example.analysis.comparisons[0].reason = "@SUM(1,2)";
  const auto records = parsed(render_csv(example.run, example.analysis));
  EXPECT_THAT(records[1][1], StartsWith("'=HYPER"));
  EXPECT_THAT(records[1].back(), StartsWith("'@SUM"));
}

TEST(Csv, WithoutAnyComparisonWhatWasMeasuredIsThere) {
  Example example = example_run();
  example.run.modes = {"native"};
  EXPECT_THAT(render_csv(example.run, Analysis{}), HasSubstr("measured,saxpy/own/fp32/268435456,,native,"));
  EXPECT_EQ(parsed(render_csv(Example{}.run, Analysis{})).size(), 1U);
}

}  // namespace
}  // namespace cuparity
