#include "validate/numerics/numerics_tests.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "kernels/workload.hpp"
#include "validate/registration.hpp"

namespace cuparity::validate {
namespace {

constexpr std::size_t small_bytes = std::size_t{1} << 20;

std::string digest_text(std::uint64_t digest) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(digest));
  return text;
}

std::string error_text(double error) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", error);
  return text;
}

/// The case's name below its workload's, which is the suite's.
std::string test_name(const std::string& case_name, std::string_view workload) {
  const std::string start = std::string(workload) + "/";
  return case_name.compare(0, start.size(), start) == 0 ? case_name.substr(start.size()) : case_name;
}

Verification verify(Execution& execution, const Case& validated, const Options& options) {
  Verification verification = execution.verify();
  if (options.inject_wrong && std::regex_search(validated.name, *options.inject_wrong)) {
    verification.error = std::numeric_limits<double>::infinity();
    verification.detail = "made wrong by --inject-wrong";
  }
  return verification;
}

/// What is wrong in one line, or an empty text.
std::string wrong_result(const Verification& verification, const std::string& name) {
  if (verification.correct()) return {};
  return "wrong result: " + name + ": the largest error is " + error_text(verification.error) +
         " times its bound: " + verification.detail;
}

std::string different_bits(const Verification& first, const Verification& second, const std::string& name) {
  if (first.digest == second.digest) return {};
  return "not repeatable: " + name + ": two runs on the same input gave different bits, digests " +
         digest_text(first.digest) + " and " + digest_text(second.digest);
}

/// Cases that move much memory have a suite of their own, so that a quick filter can leave them out.
std::string suite_name(const Case& validated, std::string_view workload) {
  return "Numerics/" + std::string(workload) + (validated.footprint_bytes > small_bytes ? "/large" : "");
}

void validate_case(const Case& validated, const Session& session) {
  device::Context* context = session.backend.context.get();
  const std::optional<std::string> unsupported =
      validated.unsupported ? validated.unsupported(context) : std::nullopt;
  if (unsupported) CUPARITY_SKIP(*unsupported);
  const std::unique_ptr<Execution> execution = validated.prepare(context);
  const Verification first = verify(*execution, validated, session.options);
  testing::Test::RecordProperty("digest", digest_text(first.digest));
  testing::Test::RecordProperty("error", error_text(first.error));
  if (!execution->algorithm().empty()) testing::Test::RecordProperty("algorithm", execution->algorithm());
  CUPARITY_EXPECT_NO_PROBLEM(wrong_result(first, validated.name));
  const Verification second = verify(*execution, validated, session.options);
  CUPARITY_EXPECT_NO_PROBLEM(wrong_result(second, validated.name));
  CUPARITY_EXPECT_NO_PROBLEM(different_bits(first, second, validated.name));
}

}  // namespace

void register_numerics_tests(const Session& session) {
  for (const Workload& workload : registry())
    for (const Case& validated : workload.validation_cases(session.backend.backend))
      register_test(suite_name(validated, workload.name), test_name(validated.name, workload.name), __FILE__,
                    __LINE__, [validated, &session] { validate_case(validated, session); });
}

}  // namespace cuparity::validate
