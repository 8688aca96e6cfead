#include "kernels/collectives/collectives.hpp"

#include <memory>
#include <stdexcept>
#include <utility>

#include "kernels/collectives/nccl_library.hpp"
#ifdef CUPARITY_HAVE_CUDA
#include "kernels/device/memory.hpp"
#include "kernels/device/several_gpus.hpp"
#endif
#ifdef CUPARITY_HAVE_NCCL
#include "kernels/collectives/collectives_nccl.hpp"
#endif

namespace cuparity {

double bus_factor(Collective collective, int gpus) {
  const double n = gpus;
  return (collective == Collective::all_reduce ? 2.0 : 1.0) * (n - 1) / n;
}

std::optional<std::string> collective_obstacle(int gpus, const std::string& nccl_failure) {
  if (gpus < 2)
    return "needs two GPUs, " + std::to_string(gpus) + (gpus == 1 ? " is" : " are") + " visible to this process";
  if (!nccl_failure.empty()) return nccl_failure;
  return std::nullopt;
}

#ifdef CUPARITY_HAVE_CUDA
namespace {

/// The number of iterations between nccl-tests' two readings of the clock.
constexpr int operations_a_run = 20;

std::optional<std::string> unsupported([[maybe_unused]] std::size_t bytes) {
  const int gpus = device::visible_gpus();
  if (gpus < 2) return collective_obstacle(gpus, {});  // without loading NCCL
  if (const auto obstacle = collective_obstacle(gpus, nccl_library().failure)) return obstacle;
  for (int gpu = 0; gpu < gpus; ++gpu) {
    const device::CurrentGpu current(gpu);
    // Both buffers, and NCCL's own.
    if (const auto shortage = device::memory_shortage(2 * bytes + (std::size_t{512} << 20)))
      return "GPU " + std::to_string(gpu) + ": " + *shortage;
  }
  return std::nullopt;
}

enum class CommunicatorsOf {
  all_rows,  ///< made once, for they take NCCL seconds; they live as long as the cases
  each_row   ///< for cases that live until the process ends, when CUDA has ended already
};

class CaseTable {
 public:
  explicit CaseTable([[maybe_unused]] CommunicatorsOf which) {
#ifdef CUPARITY_HAVE_NCCL
    if (which == CommunicatorsOf::all_rows) shared_ = std::make_shared<Communicators>();
#endif
  }

  void add(Collective collective, std::size_t bytes, const std::string& size, int operations) {
    Case row;
    row.name = "collectives/" + std::string(to_string(collective)) + "/fp32/" + size;
    row.backend = Backend::cuda;
    row.work.bytes = static_cast<double>(bytes);
    row.footprint_bytes = 2 * bytes;
    row.operations = operations;
    row.timing = Timing::device_events;
    row.unsupported = [bytes](device::Context*) { return unsupported(bytes); };
#ifdef CUPARITY_HAVE_NCCL
    row.prepare = [collective, bytes, operations, shared = shared_](device::Context* context) {
      return prepare_collective(*context, collective, bytes, operations,
                                shared ? shared : std::make_shared<Communicators>());
    };
#else
    row.prepare = [](device::Context*) -> std::unique_ptr<Execution> {
      throw std::runtime_error(nccl_library().failure);
    };
#endif
    cases.push_back(std::move(row));
  }

  std::vector<Case> cases;

 private:
#ifdef CUPARITY_HAVE_NCCL
  std::shared_ptr<Communicators> shared_;
#endif
};

}  // namespace
#endif

std::vector<Case> collectives_bench_cases([[maybe_unused]] Backend backend) {
#ifdef CUPARITY_HAVE_CUDA
  if (backend == Backend::cpu) return {};
  CaseTable table(CommunicatorsOf::all_rows);
  for (const Collective collective : all_collectives) {
    table.add(collective, std::size_t{256} << 20, "256MiB", operations_a_run);
    table.add(collective, std::size_t{1} << 30, "1GiB", operations_a_run);
  }
  table.add(Collective::all_reduce, 8, "8B", operations_a_run);
  return std::move(table.cases);
#else
  return {};
#endif
}

std::vector<Case> collectives_validation_cases([[maybe_unused]] Backend backend) {
#ifdef CUPARITY_HAVE_CUDA
  if (backend == Backend::cpu) return {};
  CaseTable table(CommunicatorsOf::each_row);
  for (const Collective collective : all_collectives)
    for (const std::size_t bytes : {std::size_t{4}, std::size_t{4108}, (std::size_t{4} << 20) + 12,
                                    (std::size_t{64} << 20) + 12})
      table.add(collective, bytes, std::to_string(bytes), 1);
  return std::move(table.cases);
#else
  return {};
#endif
}

}  // namespace cuparity
