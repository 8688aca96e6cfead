// Which tile suits an output and a GPU. Pure, C++17.
#pragma once

namespace cuparity {

/// The tiles that a cluster of blocks computes together.
struct GemmClusterTile {
  int rows, columns;
  int blocks;  ///< equal parts, each a multiprocessor's
};

/// What a tile costs; the smaller one is to be taken. On an H200 time follows `busy`; at the power limit reading less saves time
/// besides (results/published/2026-11-30-h200-peers), which is weighed here where `busy` is equal: near-ties were not measured.
struct GemmTileFit {
  long long busy;  ///< elements of C, in whole tiles, for which the multiprocessor with most of them is at work
  double fetched;  ///< elements of A and B that a cluster reads from the L2 per element of C and of k

  bool operator<(const GemmTileFit& other) const {
    return busy != other.busy ? busy < other.busy : fetched < other.fetched;
  }
};

/// m, n and `resident`, the clusters that the GPU runs at one time, are above 0.
inline GemmTileFit gemm_tile_fit(long long m, long long n, const GemmClusterTile& tile, int resident) {
  const long long clusters = ((m + tile.rows - 1) / tile.rows) * ((n + tile.columns - 1) / tile.columns);
  const long long rounds = (clusters + resident - 1) / resident;
  const double area = static_cast<double>(tile.rows) * tile.columns;
  return {rounds * (static_cast<long long>(tile.rows) * tile.columns / tile.blocks),
          (tile.rows + tile.columns) / area};
}

}  // namespace cuparity
