#include "kernels/collectives/collective_reference.hpp"

#include <cmath>

#include "kernels/random_input.hpp"

namespace cuparity {
namespace {

double input(int rank, std::uint64_t index) { return random_uniform(input_seed(rank), index); }

host::Expected<float> sum_over_ranks(int gpus, std::uint64_t index) {
  host::Expected<float> expected;
  double magnitudes = 0;
  for (int rank = 0; rank < gpus; ++rank) {
    expected.value += input(rank, index);
    magnitudes += std::fabs(input(rank, index));
  }
  expected.bound = host::rounding_bound<float>(gpus - 1) * magnitudes;
  return expected;
}

}  // namespace

std::size_t CollectiveShape::sent() const {
  const bool whole = collective == Collective::reduce_scatter || collective == Collective::all_to_all;
  return whole ? part * gpus : part;
}

std::size_t CollectiveShape::received() const {
  const bool whole = collective == Collective::all_gather || collective == Collective::all_to_all;
  return whole ? part * gpus : part;
}

CollectiveShape collective_shape(Collective collective, int gpus, std::size_t bytes) {
  const std::size_t floats = bytes / sizeof(float);
  return {collective, gpus, collective == Collective::all_reduce ? floats : floats / gpus};
}

std::uint64_t input_seed(int rank) { return 41 + static_cast<std::uint64_t>(rank); }

host::Expected<float> expected_element(const CollectiveShape& shape, int rank, std::uint64_t index) {
  switch (shape.collective) {
    case Collective::all_reduce: return sum_over_ranks(shape.gpus, index);
    case Collective::reduce_scatter: return sum_over_ranks(shape.gpus, rank * shape.part + index);
    case Collective::all_gather: return {input(static_cast<int>(index / shape.part), index % shape.part), 0};
    case Collective::all_to_all: break;
  }
  return {input(static_cast<int>(index / shape.part), rank * shape.part + index % shape.part), 0};
}

}  // namespace cuparity
