#include "harness/run/benchmark_list.hpp"

#include "harness/errors.hpp"
#include "harness/run/process_outcome.hpp"
#include "harness/run/selection.hpp"

namespace cuparity {

std::vector<std::string> list_benchmarks(Engine& engine, const AccessMode& mode, const std::string& backend,
                                         const std::filesystem::path& folder, std::chrono::seconds time_limit) {
  ProcessRequest request;
  request.output_folder = folder / "raw";
  request.command = {(engine.binary_folder() / "cuparity-bench").string(), "--backend=" + backend,
                     "--benchmark_list_tests=true"};
  request.time_limit = time_limit;
  request.output_tail_bytes = 1 << 20;
  const ProcessResult result = engine.run(request, mode);
  const std::string failure = describe_failure("cuparity-bench --benchmark_list_tests", result, request.time_limit);
  if (!failure.empty()) throw EnvironmentError(failure);
  std::vector<std::string> names = parse_benchmark_list(result.standard_error);
  if (names.empty()) {
    throw EnvironmentError("cuparity-bench lists no benchmark: " + last_said(result.standard_error));
  }
  return names;
}

}  // namespace cuparity
