#include "kernels/bandwidth/bandwidth.hpp"

#include <string>

#include "kernels/bandwidth/bandwidth_host.hpp"
#include "kernels/bandwidth/stream_operation.hpp"
#include "kernels/host/memory.hpp"
#ifdef CUPARITY_HAVE_CUDA
#include "kernels/bandwidth/bandwidth_cuda.hpp"
#include "kernels/device/memory.hpp"
#endif

namespace cuparity {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;
constexpr std::size_t gibibyte = std::size_t{1} << 30;

Case stream_case(Backend backend, const StreamProblem& problem, const std::string& size) {
  const std::size_t element = backend == Backend::cuda ? sizeof(float) : sizeof(double);
  const std::size_t bytes = problem.count * element * arrays_moved(problem.operation);
  Case result;
  result.name = "bandwidth/" + std::string(to_string(problem.operation)) +
                (backend == Backend::cuda ? "/fp32/" : "/fp64/") + size;
  result.backend = backend;
  result.work = {static_cast<double>(bytes),
                 static_cast<double>(problem.count) * flops_per_element(problem.operation)};
  result.footprint_bytes = bytes;
#ifdef CUPARITY_HAVE_CUDA
  if (backend == Backend::cuda) {
    result.timing = Timing::device_events;
    // The digest, the sample and the sums of the blocks need a little besides the arrays.
    result.unsupported = [bytes](device::Context*) { return device::memory_shortage(bytes + 64 * mebibyte); };
    result.prepare = [problem](device::Context* context) { return prepare_stream(*context, problem); };
    return result;
  }
#endif
  result.timing = Timing::host_clock;
  result.unsupported = [bytes](device::Context*) { return host::memory_shortage(bytes); };
  result.prepare = [problem](device::Context*) { return host::prepare_stream(problem); };
  return result;
}

/// The same sizes for every operation: around the widths of vectors, lines, chunks and tiles.
std::vector<Case> small_stream_cases(Backend backend) {
  const std::size_t counts[] = {0,    1,    2,    3,     5,     7,     8,       15,      64,
                                255,  1000, 4095, 4096,  4097,  65535, 65536,   65537,   1000003};
  const struct {
    const char* suffix;
    StreamOffsets offsets;
  } alignments[] = {{"", {}}, {"_unaligned", {1, 1, 1}}, {"_unlike_aligned", {1, 0, 0}}};
  std::vector<Case> cases;
  for (const StreamOperation operation : all_stream_operations)
    for (const std::size_t count : counts)
      for (const auto& alignment : alignments) {
        if (operation == StreamOperation::write && alignment.offsets.x != alignment.offsets.z) continue;
        cases.push_back(stream_case(backend, {operation, count, alignment.offsets, true},
                                    std::to_string(count) + alignment.suffix));
      }
  return cases;
}

#ifdef CUPARITY_HAVE_CUDA
bool is_pageable(Transfer transfer) {
  return transfer == Transfer::h2d_pageable || transfer == Transfer::d2h_pageable;
}

/// A copy from pageable memory is partly the work of the CPU, which events do not see.
Timing timing_of(Transfer transfer) {
  if (transfer == Transfer::bidirectional_pinned) return Timing::reported;
  return is_pageable(transfer) ? Timing::host_clock : Timing::device_events;
}

/// Several pinned copies one after another in a run, so that what a single one costs to start is not taken for bandwidth:
/// `one_way` or, both ways at once, `each_way`.
std::vector<Case> transfer_cases(std::size_t bytes, const std::string& size, int one_way, int each_way) {
  std::vector<Case> cases;
  for (const Transfer transfer : all_transfers) {
    Case result;
    result.name = "bandwidth/" + std::string(to_string(transfer)) + "/" + size;
    result.backend = Backend::cuda;
    const int directions = transfer == Transfer::bidirectional_pinned ? 2 : 1;
    result.work.bytes = static_cast<double>(bytes) * directions;
    result.footprint_bytes = bytes * directions;
    const int copies = is_pageable(transfer) ? 1 : directions == 2 ? each_way : one_way;
    result.operations = copies;
    result.timing = timing_of(transfer);
    result.unsupported = [bytes, directions](device::Context*) {
      auto shortage = device::memory_shortage(bytes * directions + mebibyte);
      return shortage ? shortage : host::memory_shortage(bytes * directions);
    };
    result.prepare = [transfer, bytes, copies](device::Context* context) {
      return prepare_transfer(*context, transfer, bytes, copies);
    };
    cases.push_back(std::move(result));
  }
  return cases;
}

std::vector<Case> cuda_bench_cases() {
  std::vector<Case> cases;
  for (const StreamOperation operation : all_stream_operations)
    cases.push_back(stream_case(Backend::cuda, {operation, gibibyte / sizeof(float), {}, false}, "1GiB"));
  for (const StreamOperation operation : all_stream_operations)
    cases.push_back(stream_case(Backend::cuda, {operation, 4 * gibibyte / sizeof(float), {}, false}, "4GiB"));
  for (const int mebibytes : {64, 256})  // 2 GiB one way, so that one copy of a run is undisturbed; 512 MiB each way
    for (Case& transfer : transfer_cases(mebibytes * mebibyte, std::to_string(mebibytes) + "MiB", 2048 / mebibytes,
                                         512 / mebibytes))
      cases.push_back(std::move(transfer));
  return cases;
}

std::vector<Case> cuda_validation_cases() {
  std::vector<Case> cases = small_stream_cases(Backend::cuda);
  const std::size_t large = (std::size_t{1} << 29) + 3;
  for (const StreamOperation operation : all_stream_operations)
    cases.push_back(stream_case(Backend::cuda, {operation, large, {}, true}, std::to_string(large)));
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{4099}, 8 * mebibyte + 3})
    for (Case& transfer : transfer_cases(bytes, std::to_string(bytes), 1, 1)) cases.push_back(std::move(transfer));
  return cases;
}
#endif

std::vector<Case> cpu_bench_cases() {
  std::vector<Case> cases;
  for (const StreamOperation operation : all_stream_operations)
    for (const std::size_t mebibytes : {128, 256})
      cases.push_back(stream_case(Backend::cpu, {operation, mebibytes * mebibyte / sizeof(double), {}, true},
                                  std::to_string(mebibytes) + "MiB"));
  return cases;
}

std::vector<Case> cpu_validation_cases() {
  std::vector<Case> cases = small_stream_cases(Backend::cpu);
  const std::size_t large = (std::size_t{1} << 22) + 5;
  for (const StreamOperation operation : all_stream_operations)
    cases.push_back(stream_case(Backend::cpu, {operation, large, {}, true}, std::to_string(large)));
  return cases;
}

}  // namespace

std::vector<Case> bandwidth_bench_cases(Backend backend) {
  if (backend == Backend::cpu) return cpu_bench_cases();
#ifdef CUPARITY_HAVE_CUDA
  return cuda_bench_cases();
#else
  return {};
#endif
}

std::vector<Case> bandwidth_validation_cases(Backend backend) {
  if (backend == Backend::cpu) return cpu_validation_cases();
#ifdef CUPARITY_HAVE_CUDA
  return cuda_validation_cases();
#else
  return {};
#endif
}

}  // namespace cuparity
