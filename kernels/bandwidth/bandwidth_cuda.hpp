// The CUDA cases of bandwidth.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "kernels/bandwidth/stream_operation.hpp"
#include "kernels/device/context.hpp"
#include "kernels/workload.hpp"

namespace cuparity {

/// An Execution of a STREAM operation on fp32 arrays in device memory; timed by events.
std::unique_ptr<Execution> prepare_stream(device::Context& context, const StreamProblem& problem);

/// Enqueues z = operation(x, y) for `count` elements, whoever's kernel that is; dot has its result in z[0].
using StreamLaunch =
    std::function<void(const float* x, const float* y, float* z, std::size_t count, cudaStream_t stream)>;

/// The same with a kernel that the caller brings, for programs that are compared with ours. `roundings` as in
/// compare_dot().
std::unique_ptr<Execution> prepare_elementwise(device::Context& context, const StreamProblem& problem,
                                               StreamLaunch launch);
std::unique_ptr<Execution> prepare_dot(device::Context& context, const StreamProblem& problem,
                                       StreamLaunch launch, double roundings);

/// Copies between host and device: from or to pinned or pageable host memory, or both ways at once.
enum class Transfer { h2d_pinned, d2h_pinned, h2d_pageable, d2h_pageable, bidirectional_pinned };

constexpr Transfer all_transfers[] = {Transfer::h2d_pinned, Transfer::d2h_pinned, Transfer::h2d_pageable,
                                      Transfer::d2h_pageable, Transfer::bidirectional_pinned};

constexpr std::string_view to_string(Transfer transfer) {
  constexpr std::string_view names[] = {"h2d_pinned", "d2h_pinned", "h2d_pageable", "d2h_pageable",
                                        "bidirectional_pinned"};
  return names[static_cast<int>(transfer)];
}

/// An Execution that copies `bytes` in each direction of `transfer`, `copies` times a run(). The pageable ones wait for
/// the copy in run() (Timing::host_clock), pinned ones in one direction only enqueue it (Timing::device_events) and have
/// excess_seconds(), both ways wait and report (Timing::reported).
std::unique_ptr<Execution> prepare_transfer(device::Context& context, Transfer transfer, std::size_t bytes, int copies);

}  // namespace cuparity
