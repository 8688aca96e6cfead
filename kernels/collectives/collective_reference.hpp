// What a collective must yield, from the formula of the inputs alone.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/collectives/collectives.hpp"
#include "kernels/host/comparison.hpp"

namespace cuparity {

/// Floats of one collective of a size on `gpus` GPUs. `part` is what one GPU gets from or gives to one other; an
/// all_reduce is not divided.
struct CollectiveShape {
  Collective collective = Collective::all_reduce;
  int gpus = 2;
  std::size_t part = 0;

  std::size_t sent() const;      ///< floats in the send buffer of each GPU
  std::size_t received() const;  ///< floats in the receive buffer of each GPU
};

/// The shape of `bytes`, rounded down to whole parts.
CollectiveShape collective_shape(Collective collective, int gpus, std::size_t bytes);

/// GPU `rank`'s send buffer is random_uniform(input_seed(rank), 0), random_uniform(input_seed(rank), 1), …
std::uint64_t input_seed(int rank);

/// Element `index` of GPU `rank`'s receive buffer. Moved data is exact. A sum of n terms may deviate by
/// gamma_(n-1) times the sum of magnitudes, whatever the order of the additions.
host::Expected<float> expected_element(const CollectiveShape& shape, int rank, std::uint64_t index);

}  // namespace cuparity
