// The executions of the collectives, through NCCL.
#pragma once

#include <nccl.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "kernels/collectives/collectives.hpp"
#include "kernels/device/context.hpp"
#include "kernels/workload.hpp"

namespace cuparity {

/// One NCCL communicator for each visible GPU, made when they are first asked for.
class Communicators {
 public:
  Communicators() = default;
  Communicators(const Communicators&) = delete;
  Communicators& operator=(const Communicators&) = delete;
  ~Communicators();

  /// By GPU. Throws std::runtime_error.
  const std::vector<ncclComm_t>& get();

 private:
  std::vector<ncclComm_t> communicators_;
};

/// `operations` collectives of `bytes` a run, out of place; timed by events.
std::unique_ptr<Execution> prepare_collective(device::Context& context, Collective collective, std::size_t bytes,
                                              int operations, std::shared_ptr<Communicators> communicators);

}  // namespace cuparity
