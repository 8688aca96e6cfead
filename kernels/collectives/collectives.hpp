// NCCL's collectives in fp32 over every GPU that the process sees, from one process. CUDA only. Sizes are those of
// nccl-tests, so that figures compare: all_reduce and all_to_all, what each GPU sends; all_gather, what each receives;
// reduce_scatter, what each sends. A folder of parts:
//   collective_reference.*  what they must yield        collectives_nccl.*  the executions
//   nccl_library.*          libnccl, loaded at run time  collectives.cpp     the tables of cases
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/workload.hpp"

namespace cuparity {

enum class Collective { all_reduce, all_gather, reduce_scatter, all_to_all };

constexpr Collective all_collectives[] = {Collective::all_reduce, Collective::all_gather, Collective::reduce_scatter,
                                          Collective::all_to_all};

constexpr std::string_view to_string(Collective collective) {
  constexpr std::string_view names[] = {"all_reduce", "all_gather", "reduce_scatter", "all_to_all"};
  return names[static_cast<int>(collective)];
}

/// Bus bandwidth over size / time: 2 (n-1)/n for all_reduce, (n-1)/n for the others. It makes figures of different
/// numbers of GPUs comparable with the speed of the links. Source: NVIDIA/nccl-tests, doc/PERFORMANCE.md.
double bus_factor(Collective collective, int gpus);

/// Why collectives can't run here, or nothing. `nccl_failure` is empty where NCCL can be used.
std::optional<std::string> collective_obstacle(int gpus, const std::string& nccl_failure);

/// collectives/{all_reduce,all_gather,reduce_scatter,all_to_all}/fp32/{256MiB,1GiB} and
/// collectives/all_reduce/fp32/8B for the latency. Work.bytes is the size.
std::vector<Case> collectives_bench_cases(Backend backend);
/// Sizes smaller than the number of GPUs, odd and large.
std::vector<Case> collectives_validation_cases(Backend backend);

}  // namespace cuparity
