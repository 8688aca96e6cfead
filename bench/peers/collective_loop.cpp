// NCCL's collectives as nccl-tests times them: 20 operations between two readings of the host's clock.
#include <stdexcept>
#include <utility>

#include "bench/peers/peer.hpp"
#include "kernels/collectives/collectives_nccl.hpp"

namespace cuparity {
namespace {

class CollectiveLoop final : public Execution {
 public:
  CollectiveLoop(device::Context& context, std::unique_ptr<Execution> operations)
      : context_(context), operations_(std::move(operations)) {}

  void run() override {
    operations_->run();
    context_.synchronize("running collectives");
  }
  Verification verify() override { return operations_->verify(); }
  std::string algorithm() const override { return operations_->algorithm(); }
  double bus_bytes() const override { return operations_->bus_bytes(); }

 private:
  device::Context& context_;
  std::unique_ptr<Execution> operations_;
};

Collective collective_of(const Case& row) {
  for (const Collective collective : all_collectives)
    if (row.name.rfind("collectives/" + std::string(to_string(collective)) + "/", 0) == 0) return collective;
  throw std::logic_error(row.name + " is no collective");
}

}  // namespace

std::vector<Case> collective_loop_cases(const std::vector<Case>& ours) {
  const auto communicators = std::make_shared<Communicators>();
  std::vector<Case> cases = taken_over(
      ours, "collectives/.*",
      [communicators](const Case& row, device::Context* context) -> std::unique_ptr<Execution> {
        return std::make_unique<CollectiveLoop>(
            *context, prepare_collective(*context, collective_of(row), static_cast<std::size_t>(row.work.bytes),
                                         static_cast<int>(row.operations), communicators));
      });
  for (Case& row : cases) row.timing = Timing::host_clock;
  return cases;
}

}  // namespace cuparity
