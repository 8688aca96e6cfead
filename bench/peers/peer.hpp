// Programs and libraries that our rows are compared with. A peer does the work of some of our rows: same name, same
// inputs, same verification, same timing, other code. So `cuparity compare` pairs them by name.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/bandwidth/stream_operation.hpp"
#include "kernels/workload.hpp"

namespace cuparity {

struct Peer {
  std::string_view name;     ///< --peer=NAME
  std::string_view summary;  ///< one line, for people
  /// Our rows that the peer does, prepared its way. `ours` are all of ours on the backend.
  std::vector<Case> (*cases)(const std::vector<Case>& ours);
};

/// The peers that this build has for a backend.
const std::vector<Peer>& peers(Backend backend);

/// Those of `ours` whose whole name matches `pattern` (a regular expression), prepared by prepare(row, context).
using PeerPreparation = std::function<std::unique_ptr<Execution>(const Case& row, device::Context* context)>;
std::vector<Case> taken_over(const std::vector<Case>& ours, const std::string& pattern,
                             const PeerPreparation& prepare);

/// What a device row of bandwidth (fp32) works on.
StreamProblem stream_problem_of(const Case& row, StreamOperation operation);

/// saxpy/own as our own triad does it: both move the same bytes.
std::vector<Case> own_triad_cases(const std::vector<Case>& ours);

// One function a peer; each in the file of its name.
std::vector<Case> stream_loops_cases(const std::vector<Case>& ours);
std::vector<Case> direct_cblas_cases(const std::vector<Case>& ours);
#ifdef CUPARITY_HAVE_CUDA
std::vector<Case> memory_peak_cases(const std::vector<Case>& ours);
std::vector<Case> driver_copy_cases(const std::vector<Case>& ours);
std::vector<Case> plain_kernel_cases(const std::vector<Case>& ours);
std::vector<Case> repeated_transfer_cases(const std::vector<Case>& ours);
std::vector<Case> bare_launch_cases(const std::vector<Case>& ours);
std::vector<Case> peer_copy_cases(const std::vector<Case>& ours);
#ifdef CUPARITY_HAVE_NCCL
std::vector<Case> collective_loop_cases(const std::vector<Case>& ours);
#endif
#ifdef CUPARITY_HAVE_CUDNN
std::vector<Case> cudnn_find_cases(const std::vector<Case>& ours);
#endif
#ifdef CUPARITY_HAVE_CUBLAS
std::vector<Case> cublas_vector_cases(const std::vector<Case>& ours);
std::vector<Case> cublas_gemmex_cases(const std::vector<Case>& ours);
std::vector<Case> cublaslt_cases(const std::vector<Case>& ours);
#endif
#endif

}  // namespace cuparity
