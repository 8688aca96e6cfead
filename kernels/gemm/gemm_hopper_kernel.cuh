// The Hopper GEMM kernel as a template over its input type, tile and cluster: see gemm_hopper.cu for the idea.
//
// Barriers, one pair a stage and block. full: one arrival (the producer's, announcing the bytes) plus the
// bytes themselves, its own and those that the cluster's other blocks send. empty: an arrival of each warp
// that reads the stage, of all blocks of the cluster, as a stage is overwritten in all. Stage and parity
// run on from tile to tile on both sides.
#pragma once

#include "kernels/gemm/gemm_hopper_instructions.cuh"
#include "kernels/gemm/gemm_tile_order.hpp"

namespace cuparity::device {
namespace {

template <int wgmma_tiles_, int columns_, int stages_, int cluster_rows_, int cluster_columns_>
struct HopperShape {
  static constexpr int wgmma_tiles = wgmma_tiles_;          ///< of a consumer, one below the other
  static constexpr int columns = columns_;                  ///< of a tile
  static constexpr int stages = stages_;                    ///< of the ring
  static constexpr int cluster_rows = cluster_rows_;        ///< blocks that share B
  static constexpr int cluster_columns = cluster_columns_;  ///< blocks that share A

  static constexpr int consumers = 2;    ///< warpgroups, each with its rows of the tile
  static constexpr int wgmma_rows = 64;
  static constexpr int consumer_rows = wgmma_tiles * wgmma_rows;
  static constexpr int step_bytes = 128;  ///< of k a stage, the width of the swizzle
  static constexpr int rows = consumers * consumer_rows;
  static constexpr int sums = columns / 2;  ///< of a thread for one wgmma tile
  static constexpr int threads = 128 * (1 + consumers);
  static constexpr int cluster = cluster_rows * cluster_columns;
  /// Of B a stage: blocks that share it fetch equal parts of whole swizzled groups.
  static constexpr int fetched_columns = (columns + 8 * cluster_rows - 1) / (8 * cluster_rows) * (8 * cluster_rows);
  static constexpr int a_bytes = rows * step_bytes;
  static constexpr int b_bytes = fetched_columns * step_bytes;
  static constexpr int stage_bytes = a_bytes + b_bytes;

  // Results leave in swizzled boxes of 64 columns where those divide the tile, else a warp's whole rows at once.
  static constexpr int box_columns = columns % 64 == 0 ? 64 : columns;
  static constexpr bool swizzled_boxes = box_columns == 64;
  static constexpr int warps = 4;       ///< of a consumer
  static constexpr int warp_rows = 16;  ///< of a wgmma tile
  static constexpr int box_rows = swizzled_boxes ? wgmma_rows : warp_rows;
  static constexpr int box_bytes = box_rows * box_columns * 2;
  static constexpr int buffers = swizzled_boxes ? 2 : warps;  ///< of a consumer: used in turn, or one a warp
  static constexpr int output_bytes = consumers * buffers * box_bytes;

  static constexpr int alignment = 1024;  ///< of what is swizzled
  static constexpr int shared_bytes = alignment + stages * stage_bytes + output_bytes + 2 * stages * 8;
  static constexpr int readers = warps * consumers * cluster;  ///< warps of the cluster

  // What the launch gave all warpgroups alike, dealt out anew.
  static constexpr int producer_registers = 24;
  static constexpr int consumer_registers = 240;

  static_assert(shared_bytes <= 227 * 1024, "a block of Hopper has 227 KiB");
  static_assert(!swizzled_boxes || columns / box_columns % buffers == 0, "every wgmma tile starts at the first buffer");
  static_assert(swizzled_boxes || columns % 16 == 8,
                "eight rows of an odd number of 16 bytes meet every bank once; store_whole_rows() ends with 8 columns");
  static_assert(rows / cluster_columns % 8 == 0, "whole swizzled groups");
  static_assert(rows / cluster_columns <= 256 && fetched_columns / cluster_rows <= 256, "the TMA's largest box");
  static_assert(producer_registers + consumers * consumer_registers <= (1 + consumers) * (65536 / threads / 8 * 8),
                "setmaxnreg waits for ever for registers that the launch did not give");
};

/// What the kernel writes for inputs of type Element.
template <typename Element>
struct HopperOutput {
  using Type = Element;
};
template <>
struct HopperOutput<__nv_fp8_e4m3> {
  using Type = __nv_bfloat16;
};

/// Elements of k a stage.
template <typename Element, typename Shape>
constexpr int hopper_step = Shape::step_bytes / static_cast<int>(sizeof(Element));

struct HopperProblem {
  int m, n;
  int steps;                          ///< along k
  int cluster_rows, cluster_columns;  ///< of clusters' tiles
  int band;                           ///< of clusters' tiles, see gemm_tile()
  void* c;                            ///< used where the TMA cannot store
  std::size_t ldc;
  bool whole_pieces;  ///< n is a multiple of 8: the TMA writes 16 bytes at a time, beyond n too
};

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)

/// Where everything stands in shared memory, as 32-bit addresses.
template <typename Shape>
struct HopperMemory {
  std::uint32_t start;

  __device__ std::uint32_t a(int stage) const { return start + stage * Shape::stage_bytes; }
  __device__ std::uint32_t b(int stage) const { return a(stage) + Shape::a_bytes; }
  __device__ std::uint32_t output(int consumer, int buffer) const {
    return start + Shape::stages * Shape::stage_bytes + (consumer * Shape::buffers + buffer) * Shape::box_bytes;
  }
  __device__ std::uint32_t full(int stage) const {
    return start + Shape::stages * Shape::stage_bytes + Shape::output_bytes + stage * 8;
  }
  __device__ std::uint32_t empty(int stage) const { return full(Shape::stages) + stage * 8; }
};

/// A position in the ring of stages.
template <int stages>
struct HopperRing {
  int stage = 0;
  unsigned parity = 0;

  __device__ void advance() {
    if (++stage == stages) {
      stage = 0;
      parity ^= 1;
    }
  }
};

/// The first row and column of this block's tile, for each of its tiles in turn.
template <typename Shape>
struct HopperTiles {
  const HopperProblem& problem;
  int index = static_cast<int>(blockIdx.x) / Shape::cluster;
  int row = 0, column = 0;

  __device__ explicit HopperTiles(const HopperProblem& of) : problem(of) {}

  /// False when no tile is left.
  __device__ bool next(int rank) {
    if (index >= problem.cluster_rows * problem.cluster_columns) return false;
    const GemmTile tile = gemm_tile(index, problem.cluster_rows, problem.cluster_columns, problem.band);
    row = (tile.row * Shape::cluster_rows + rank % Shape::cluster_rows) * Shape::rows;
    column = (tile.column * Shape::cluster_columns + rank / Shape::cluster_rows) * Shape::columns;
    index += static_cast<int>(gridDim.x) / Shape::cluster;
    return true;
  }
};

/// Fetches this block's part, one of `parts`, of a box that the blocks in `receivers` all get.
template <int parts>
__device__ void fetch_part(const CUtensorMap* map, std::uint32_t target, std::uint32_t full, int x, int y,
                           int rows, int part, std::uint16_t receivers) {
  if (parts == 1) {
    hopper::copy_box_in(map, target, full, x, y);
  } else {
    const int first = part * (rows / parts);
    hopper::copy_box_in_multicast(map, target + first * 128, full, x, y + first, receivers);
  }
}

/// One thread: brings every stage of every tile, as soon as the cluster has emptied its place.
template <typename Element, typename Shape>
__device__ void produce(const CUtensorMap* a_map, const CUtensorMap* b_map, const HopperProblem& problem,
                        HopperMemory<Shape> memory, int rank) {
  const int rank_row = rank % Shape::cluster_rows, rank_column = rank / Shape::cluster_rows;
  std::uint16_t same_row = 0, same_column = 0;
  for (int i = 0; i < Shape::cluster_columns; ++i) same_row |= 1 << (i * Shape::cluster_rows + rank_row);
  for (int i = 0; i < Shape::cluster_rows; ++i) same_column |= 1 << (rank_column * Shape::cluster_rows + i);
  constexpr int step = hopper_step<Element, Shape>;
  HopperRing<Shape::stages> ring;
  for (HopperTiles<Shape> tile(problem); tile.next(rank);) {
    for (int index = 0; index < problem.steps; ++index) {
      hopper::barrier_wait(memory.empty(ring.stage), ring.parity ^ 1);  // the first round passes at once
      const std::uint32_t full = memory.full(ring.stage);
      hopper::barrier_arrive_expecting(full, Shape::stage_bytes);
      fetch_part<Shape::cluster_columns>(a_map, memory.a(ring.stage), full, index * step, tile.row,
                                         Shape::rows, rank_column, same_row);
      fetch_part<Shape::cluster_rows>(b_map, memory.b(ring.stage), full, index * step, tile.column,
                                      Shape::fetched_columns, rank_row, same_column);
      ring.advance();
    }
  }
}

__device__ inline std::uint32_t round_pair(float low, float high, __nv_bfloat16) {
  const __nv_bfloat162 pair = __floats2bfloat162_rn(low, high);
  return *reinterpret_cast<const std::uint32_t*>(&pair);
}

__device__ inline std::uint32_t round_pair(float low, float high, __half) {
  const __half2 pair = __floats2half2_rn(low, high);
  return *reinterpret_cast<const std::uint32_t*>(&pair);
}

/// sums = the consumer's rows of the tile, over all of k. first_row: of the tile.
template <typename Element, typename Shape>
__device__ void multiply(float (&sums)[Shape::wgmma_tiles][Shape::sums], const HopperProblem& problem,
                         HopperMemory<Shape> memory, int first_row, int lane, HopperRing<Shape::stages>& ring) {
  int previous = 0;
  for (int index = 0; index < problem.steps; ++index) {
    hopper::barrier_wait(memory.full(ring.stage), ring.parity);
    const std::uint64_t a = hopper::tile_descriptor(memory.a(ring.stage) + first_row * 128);
    const std::uint64_t b = hopper::tile_descriptor(memory.b(ring.stage));
    hopper::wgmma_fence();
#pragma unroll
    for (int q = 0; q < Shape::step_bytes / 32; ++q)  // 16 bytes are 1 in a descriptor's address
#pragma unroll
      for (int part = 0; part < Shape::wgmma_tiles; ++part)
        hopper::multiply_64_rows(sums[part], a + part * (Shape::wgmma_rows * Shape::step_bytes / 16) + 2 * q,
                                 b + 2 * q, index != 0 || q != 0, Element{});
    hopper::wgmma_commit();
    hopper::wgmma_wait<1>();  // the step before this one has read its stage
    if (index != 0 && lane < Shape::cluster) hopper::barrier_arrive_at(memory.empty(previous), lane);
    previous = ring.stage;
    ring.advance();
  }
  hopper::wgmma_wait<0>();
#pragma unroll
  for (int part = 0; part < Shape::wgmma_tiles; ++part) hopper::pin(sums[part]);
  if (lane < Shape::cluster) hopper::barrier_arrive_at(memory.empty(previous), lane);
}

/// The row, of 16, that the lane names to store_matrices(): two matrices of 8 rows, and the same again 8 columns further.
__device__ inline int matrix_row(int lane) { return lane / 8 % 2 * 8 + lane % 8; }

/// Rounds 8 sums of each lane, 16 rows of 16 columns, and stores them at the lane's row and half.
template <typename Output>
__device__ void store_16_columns(std::uint32_t row, const float* sums) {
  hopper::store_matrices(row, round_pair(sums[0], sums[1], Output{}), round_pair(sums[2], sums[3], Output{}),
                         round_pair(sums[4], sums[5], Output{}), round_pair(sums[6], sums[7], Output{}));
}

/// Rounds and stores a wgmma tile, 64 columns at a time through the consumer's buffers and the TMA.
template <typename Output, typename Shape>
__device__ void store_swizzled_boxes(const float (&sums)[Shape::sums], const CUtensorMap* c_map,
                                     const HopperProblem& problem, HopperMemory<Shape> memory, int consumer, int row,
                                     int column) {
  constexpr int pairs = Shape::box_columns / 16;
  const int thread = static_cast<int>(threadIdx.x) % 128;
  const int warp = thread / 32, lane = thread % 32;
  const int half = lane / 16;
  const int lane_row = warp * Shape::warp_rows + matrix_row(lane);
  const unsigned barrier = 1 + static_cast<unsigned>(consumer);
#pragma unroll
  for (int box = 0; box < Shape::columns / Shape::box_columns; ++box) {
    const std::uint32_t buffer = memory.output(consumer, box % Shape::buffers);
    if (thread == 0) hopper::wait_until_read<Shape::buffers - 1>();  // the last store from this buffer
    hopper::named_barrier(barrier, 128);
#pragma unroll
    for (int pair = 0; pair < pairs; ++pair) {
      const int j = (box * pairs + pair) * 8;
      const int chunk = (pair * 2 + half) ^ (lane_row % 8);  // the TMA's 128-byte swizzle
      store_16_columns<Output>(buffer + lane_row * 128 + chunk * 16, sums + j);
    }
    hopper::fence_shared_for_copies();
    hopper::named_barrier(barrier, 128);
    const int x = column + box * Shape::box_columns;
    if (thread == 0) {
      if (x < problem.n && row < problem.m) hopper::copy_box_out(c_map, buffer, x, row);
      hopper::commit_copies_out();  // an empty group too, so that the count of groups is that of boxes
    }
  }
}

/// Rounds and stores a wgmma tile, each warp its 16 rows by itself through its own buffer and one copy of the TMA.
template <typename Output, typename Shape>
__device__ void store_whole_rows(const float (&sums)[Shape::sums], const CUtensorMap* c_map,
                                 const HopperProblem& problem, HopperMemory<Shape> memory, int consumer, int row,
                                 int column) {
  const int warp = static_cast<int>(threadIdx.x) % 128 / 32, lane = static_cast<int>(threadIdx.x) % 32;
  const int half = lane / 16;
  const std::uint32_t buffer = memory.output(consumer, warp);
  const std::uint32_t lane_row = buffer + matrix_row(lane) * (Shape::columns * 2);
  if (lane == 0) hopper::wait_until_read<0>();  // the last store from this buffer
  __syncwarp();
#pragma unroll
  for (int j = 0; j + 8 <= Shape::sums; j += 8) store_16_columns<Output>(lane_row + j * 4 + half * 16, sums + j);
  constexpr int last = Shape::sums - 4;  // of the 8 columns that are left
  hopper::store_matrices(lane_row + last * 4, round_pair(sums[last + 0], sums[last + 1], Output{}),
                         round_pair(sums[last + 2], sums[last + 3], Output{}));
  hopper::fence_shared_for_copies();
  __syncwarp();
  const int y = row + warp * Shape::warp_rows;
  if (lane == 0 && column < problem.n && y < problem.m) hopper::copy_box_out(c_map, buffer, column, y);
  if (lane == 0) hopper::commit_copies_out();
}

/// Rounds and stores a wgmma tile element by element: nothing beyond m and n is written.
template <typename Output, typename Shape>
__device__ void store_elements(const float (&sums)[Shape::sums], const HopperProblem& problem, int row,
                               int column) {
  const int thread = static_cast<int>(threadIdx.x) % 128;
  const int first_row = row + thread / 32 * 16 + thread % 32 / 4;
  const int first_column = column + thread % 4 * 2;
#pragma unroll
  for (int i = 0; i < Shape::sums; ++i) {
    const int y = first_row + i / 2 % 2 * 8, x = first_column + i / 4 * 8 + i % 2;
    if (y < problem.m && x < problem.n)
      static_cast<Output*>(problem.c)[y * problem.ldc + x] = static_cast<Output>(sums[i]);
  }
}

/// Rounds and stores a wgmma tile, of which `row` is the first row.
template <typename Output, typename Shape>
__device__ void store(const float (&sums)[Shape::sums], const CUtensorMap* c_map, const HopperProblem& problem,
                      HopperMemory<Shape> memory, int consumer, int row, int column) {
  if (!problem.whole_pieces)
    store_elements<Output, Shape>(sums, problem, row, column);
  else if constexpr (Shape::swizzled_boxes)
    store_swizzled_boxes<Output, Shape>(sums, c_map, problem, memory, consumer, row, column);
  else
    store_whole_rows<Output, Shape>(sums, c_map, problem, memory, consumer, row, column);
}

/// A warpgroup: waits for stages, multiplies, hands them back, stores.
template <typename Element, typename Shape>
__device__ void consume(const CUtensorMap* c_map, const HopperProblem& problem, HopperMemory<Shape> memory,
                        int rank, int consumer) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  const int first_row = consumer * Shape::consumer_rows;
  using Output = typename HopperOutput<Element>::Type;
  HopperRing<Shape::stages> ring;
  for (HopperTiles<Shape> tile(problem); tile.next(rank);) {
    float sums[Shape::wgmma_tiles][Shape::sums];
    multiply<Element, Shape>(sums, problem, memory, first_row, lane, ring);
#pragma unroll
    for (int part = 0; part < Shape::wgmma_tiles; ++part)
      store<Output, Shape>(sums[part], c_map, problem, memory, consumer,
                           tile.row + first_row + part * Shape::wgmma_rows, tile.column);
  }
  // What the copies write is there when the kernel ends; shared memory must last until they have read it.
  if (lane == 0) hopper::wait_until_read<0>();
}

#endif

template <typename Element, typename Shape>
__global__ void __launch_bounds__(Shape::threads, 1)
    gemm_hopper_kernel(const __grid_constant__ CUtensorMap a_map, const __grid_constant__ CUtensorMap b_map,
                       const __grid_constant__ CUtensorMap c_map,
                       const __grid_constant__ HopperProblem problem) {
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
  extern __shared__ unsigned char shared[];
  const HopperMemory<Shape> memory{(hopper::shared_address(shared) + Shape::alignment - 1) &
                                   ~static_cast<std::uint32_t>(Shape::alignment - 1)};
  const int rank = static_cast<int>(hopper::cluster_rank());
  // The same in all lanes, which the compiler then knows.
  const int warpgroup = __shfl_sync(0xffffffffu, static_cast<int>(threadIdx.x) / 128, 0);

  if (threadIdx.x == 0) {
    hopper::prefetch_tensor_map(&a_map);
    hopper::prefetch_tensor_map(&b_map);
    hopper::prefetch_tensor_map(&c_map);
    for (int stage = 0; stage < Shape::stages; ++stage) {
      hopper::barrier_init(memory.full(stage), 1);
      hopper::barrier_init(memory.empty(stage), Shape::readers);
    }
    hopper::fence_barrier_init();
  }
  __syncwarp();
  hopper::cluster_synchronize();  // no copy or arrival before the other blocks' barriers exist

  if (warpgroup == 0) {
    hopper::lower_register_limit<Shape::producer_registers>();
    if (threadIdx.x == 0) produce<Element, Shape>(&a_map, &b_map, problem, memory, rank);
    __syncwarp();
  } else {
    hopper::raise_register_limit<Shape::consumer_registers>();
    consume<Element, Shape>(&c_map, problem, memory, rank, warpgroup - 1);
  }
  hopper::cluster_synchronize();  // no block leaves while another may still arrive at its barriers
#endif
}

}  // namespace
}  // namespace cuparity::device
