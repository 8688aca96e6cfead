// Bandwidth of memory (the STREAM operations) and of copies between host and device. A folder of parts:
//   stream_operation.hpp  what the operations compute      stream_reference.*  what they must yield
//   bandwidth.cu          CUDA kernels                     elementwise.cuh     the kernel behind most of them
//   stream_cuda.cpp       the CUDA cases                   transfer_cuda.cpp   host-device copies
//   bandwidth_host.cpp    the CPU backend                  bandwidth.cpp       the tables of cases
#pragma once

#include <vector>

#include "kernels/workload.hpp"

namespace cuparity {

/// CUDA: bandwidth/{read,write,copy,scale,add,triad,dot}/fp32/<bytes of one array> and
/// bandwidth/{h2d_pinned,d2h_pinned,h2d_pageable,d2h_pageable,bidirectional_pinned}/{64MiB,256MiB}.
/// CPU: the same operations on fp64 as STREAM has them, over all cores, in arrays of 128 and 256 MiB.
/// Work.bytes counts what the operation reads plus what it writes; for copies between host and device each
/// byte counts once (the link carries it once), for both directions at once their sum.
std::vector<Case> bandwidth_bench_cases(Backend backend);

/// Sizes 0, 1, odd, around vector and block borders, unaligned, and, with CUDA, above 2^31 bytes.
std::vector<Case> bandwidth_validation_cases(Backend backend);

}  // namespace cuparity
