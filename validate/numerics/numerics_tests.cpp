#include "validate/numerics/numerics_tests.hpp"

#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "kernels/workload.hpp"
#include "validate/registration.hpp"

namespace cuparity::validate {
namespace {

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
  EXPECT_TRUE(first.correct()) << "wrong result: " << validated.name << ": the largest error is "
                               << error_text(first.error) << " times its bound: " << first.detail;
  const Verification second = verify(*execution, validated, session.options);
  EXPECT_EQ(digest_text(first.digest), digest_text(second.digest))
      << "not repeatable: " << validated.name << ": two runs on the same input gave different bits";
}

}  // namespace

void register_numerics_tests(const Session& session) {
  for (const Workload& workload : registry())
    for (const Case& validated : workload.validation_cases(session.backend.backend))
      register_test("Numerics/" + std::string(workload.name), test_name(validated.name, workload.name), __FILE__,
                    __LINE__, [validated, &session] { validate_case(validated, session); });
}

}  // namespace cuparity::validate
