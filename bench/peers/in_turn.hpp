// A peer's row and ours in one process, in turn: what differs from process to process (where memory lies, which core the
// process got) is then the same for both. Run by run; rows of dense arithmetic on a GPU, which meet its power limit, in spans
// of 0.4 s, of which the second half counts, so that each has the clock that it brings about by itself.
#pragma once

#include <vector>

#include "kernels/workload.hpp"

namespace cuparity {

/// Whose memory is allocated first. Where it lies moves short rows: of convolutions of 25 us on an H200 the side that was prepared
/// first was up to 0.9 % faster (docs/performance.md), so processes of a comparison take either by turns.
enum class PreparedFirst { peer, own };

/// The rows of `peer`, each prepared together with the row of the same name in `ours`. Their time and digest are the peer's,
/// their Execution::compared_seconds() is ours, their algorithm() names both. Either is verified as it is alone, and timed so
/// but for excess_seconds(), which is taken off neither: pinned copies are compared by their mean.
std::vector<Case> in_turn_cases(const std::vector<Case>& peer, const std::vector<Case>& ours, PreparedFirst first);

}  // namespace cuparity
