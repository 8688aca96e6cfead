// Registers a function as a GoogleTest test, at run time: which tests there are depends on the backend.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

namespace cuparity::validate {

class FunctionTest : public testing::Test {
 public:
  explicit FunctionTest(std::function<void()> body) : body_(std::move(body)) {}
  void TestBody() override { body_(); }

 private:
  std::function<void()> body_;
};

/// `body` may use GoogleTest's assertions; what it throws is a failure.
inline void register_test(const std::string& suite, const std::string& name, const char* file, int line,
                          std::function<void()> body) {
  testing::RegisterTest(suite.c_str(), name.c_str(), nullptr, nullptr, file, line,
                        [body = std::move(body)]() -> FunctionTest* { return new FunctionTest(body); });
}

/// For EXPECT_PRED_FORMAT1: the failure's text is `problem` and nothing else.
inline testing::AssertionResult no_problem(const char*, const std::string& problem) {
  return problem.empty() ? testing::AssertionSuccess() : testing::AssertionFailure() << problem;
}

}  // namespace cuparity::validate

/// Fails the running test where `problem` is not empty; goes on. The first line of the failure is the
/// problem's, which a reader of the record shows alone.
#define CUPARITY_EXPECT_NO_PROBLEM(problem) EXPECT_PRED_FORMAT1(cuparity::validate::no_problem, problem)

/// Skips the running test and puts the reason into the record too: GoogleTest 1.12's JSON leaves it out.
#define CUPARITY_SKIP(reason)                                      \
  do {                                                             \
    const std::string skip_reason = (reason);                      \
    testing::Test::RecordProperty("skipped_because", skip_reason); \
    GTEST_SKIP() << "skipped: " << skip_reason;                    \
  } while (false)
