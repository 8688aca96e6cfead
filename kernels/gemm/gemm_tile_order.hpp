// The order in which output tiles are computed, so that those in flight together share their inputs in
// the L2. C++17, usable in .cu files.
#pragma once

#include "kernels/random_input.hpp"

namespace cuparity {

struct GemmTile {
  int row;
  int column;
};

/// Tile `index` of a grid of rows x columns: bands of `band` rows one after the other, and inside a band
/// column by column. With band near the square root of the tiles in flight, those span a square.
CUPARITY_HOST_DEVICE inline GemmTile gemm_tile(int index, int rows, int columns, int band) {
  const int first_row = index / (band * columns) * band;
  const int height = rows - first_row < band ? rows - first_row : band;
  const int inside = index - first_row * columns;
  return {first_row + inside % height, inside / height};
}

}  // namespace cuparity
