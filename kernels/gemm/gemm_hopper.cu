// fp16 and bf16 GEMM for Hopper (compute capability 9.0): TMA, wgmma, warp specialisation.
//
// Bound by FLOP, and at 700 W by power: the clock falls while the tensor cores work. What gets close:
// - One block a multiprocessor, which stays and computes tile after tile. A producer thread keeps four
//   stages of 64 along k on their way by TMA; two consumer warpgroups compute a 128 x 256 tile, 64 rows
//   each, sums in registers, inputs read by wgmma from shared memory.
// - Two blocks form a cluster and work on tiles one above the other: they share B, each fetches half of
//   it and the TMA delivers that to both, which saves a third of the reads from the L2.
// - Tiles go in bands of rows so that what the GPU works on at one time is about square: fewer distinct
//   inputs, which the L2 holds.
// - The result goes through shared memory to TMA stores that drain while the next tile is computed.
//
// Barriers, one pair a stage and block. full: one arrival (the producer's, announcing the bytes) plus the
// bytes themselves: own A, both halves of B. empty: an arrival of each consumer warp of both blocks, as a
// stage is overwritten in both. Stage and parity run on from tile to tile on both sides.
#include "kernels/gemm/gemm_device.hpp"

#if CUDART_VERSION >= 12000

#include <algorithm>
#include <stdexcept>

#include "kernels/gemm/gemm_hopper_instructions.cuh"
#include "kernels/gemm/gemm_tile_order.hpp"

namespace cuparity::device {
namespace {

constexpr int tile_rows = 128;
constexpr int tile_columns = 256;
constexpr int step = 64;  // of k: 128 bytes, the width of the swizzle
constexpr int stages = 4;
constexpr int cluster = 2;    // blocks, one above the other
constexpr int consumers = 2;  // warpgroups
constexpr int threads = 128 * (1 + consumers);

constexpr int a_bytes = tile_rows * step * 2;
constexpr int b_bytes = tile_columns * step * 2;
constexpr int stage_bytes = a_bytes + b_bytes;
constexpr int store_columns = 64;                    // 128 bytes, the width of the swizzle
constexpr int store_bytes = 64 * store_columns * 2;  // a consumer's 64 rows
constexpr int stores = 2;                            // buffers of a consumer, used in turn
constexpr int output_bytes = consumers * stores * store_bytes;
constexpr int barrier_bytes = 2 * stages * 8;
constexpr int swizzle_alignment = 1024;
constexpr int shared_bytes = swizzle_alignment + stages * stage_bytes + output_bytes + barrier_bytes;
static_assert(shared_bytes <= 227 * 1024, "a block of Hopper has 227 KiB");

struct Schedule {
  int m, n;
  int steps;                          ///< along k
  int cluster_rows, cluster_columns;  ///< of clusters' tiles, 256 x 256
};

// Whether this program carries the kernel for the current device: built for sm_90a, not just sm_90.
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
__device__ int hopper_code_present = 1;
#else
__device__ int hopper_code_present = 0;
#endif

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)

constexpr int band = 8;                 // of clusters' tiles, see gemm_tile()
constexpr int producer_registers = 40;  // 40 + 2 * 232 = 3 * 168, what the launch gave all three
constexpr int consumer_registers = 232;

/// Where everything stands in shared memory, as 32-bit addresses.
struct SharedMemory {
  std::uint32_t start;

  __device__ std::uint32_t a(int stage) const { return start + stage * stage_bytes; }
  __device__ std::uint32_t b(int stage) const { return a(stage) + a_bytes; }
  __device__ std::uint32_t output(int consumer, int buffer) const {
    return start + stages * stage_bytes + (consumer * stores + buffer) * store_bytes;
  }
  __device__ std::uint32_t full(int stage) const {
    return start + stages * stage_bytes + output_bytes + stage * 8;
  }
  __device__ std::uint32_t empty(int stage) const { return full(stages) + stage * 8; }
};

/// A position in the ring of stages.
struct Ring {
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
struct TileLoop {
  const Schedule& schedule;
  int index = static_cast<int>(blockIdx.x) / cluster;
  int row = 0, column = 0;

  __device__ explicit TileLoop(const Schedule& of) : schedule(of) {}

  /// False when no tile is left.
  __device__ bool next(unsigned rank) {
    if (index >= schedule.cluster_rows * schedule.cluster_columns) return false;
    const GemmTile tile = gemm_tile(index, schedule.cluster_rows, schedule.cluster_columns, band);
    row = (tile.row * cluster + static_cast<int>(rank)) * tile_rows;
    column = tile.column * tile_columns;
    index += static_cast<int>(gridDim.x) / cluster;
    return true;
  }
};

/// One thread: brings every stage of every tile, as soon as both blocks have emptied its place.
__device__ void produce(const CUtensorMap* a_map, const CUtensorMap* b_map, const Schedule& schedule,
                        SharedMemory memory, unsigned rank) {
  constexpr int half_columns = tile_columns / cluster;
  Ring ring;
  for (TileLoop tile(schedule); tile.next(rank);) {
    for (int index = 0; index < schedule.steps; ++index) {
      hopper::barrier_wait(memory.empty(ring.stage), ring.parity ^ 1);  // the first round passes at once
      const std::uint32_t full = memory.full(ring.stage);
      hopper::barrier_arrive_expecting(full, stage_bytes);
      hopper::copy_box_in(a_map, memory.a(ring.stage), full, index * step, tile.row);
      hopper::copy_box_in_multicast(b_map, memory.b(ring.stage) + rank * (b_bytes / cluster), full,
                                    index * step, tile.column + static_cast<int>(rank) * half_columns,
                                    (1 << cluster) - 1);
      ring.advance();
    }
  }
}

__device__ std::uint32_t round_pair(float low, float high, __nv_bfloat16) {
  const __nv_bfloat162 pair = __floats2bfloat162_rn(low, high);
  return *reinterpret_cast<const std::uint32_t*>(&pair);
}

__device__ std::uint32_t round_pair(float low, float high, __half) {
  const __half2 pair = __floats2half2_rn(low, high);
  return *reinterpret_cast<const std::uint32_t*>(&pair);
}

/// sums = the consumer's 64 rows of the tile, over all of k.
template <typename Element>
__device__ void multiply(float (&sums)[128], const Schedule& schedule, SharedMemory memory, int consumer,
                         int lane, Ring& ring) {
  int previous = 0;
  for (int index = 0; index < schedule.steps; ++index) {
    hopper::barrier_wait(memory.full(ring.stage), ring.parity);
    const std::uint64_t a = hopper::tile_descriptor(memory.a(ring.stage) + consumer * (a_bytes / consumers));
    const std::uint64_t b = hopper::tile_descriptor(memory.b(ring.stage));
    hopper::wgmma_fence();
#pragma unroll
    for (int q = 0; q < step / 16; ++q)  // 16 along k are 32 bytes, 2 in the descriptor's address
      hopper::multiply_64x256x16(sums, a + 2 * q, b + 2 * q, index != 0 || q != 0, Element{});
    hopper::wgmma_commit();
    hopper::wgmma_wait<1>();  // the step before this one has read its stage
    if (index != 0 && lane < cluster) hopper::barrier_arrive_at(memory.empty(previous), lane);
    previous = ring.stage;
    ring.advance();
  }
  hopper::wgmma_wait<0>();
  hopper::pin(sums);
  if (lane < cluster) hopper::barrier_arrive_at(memory.empty(previous), lane);
}

/// Rounds and stores the consumer's 64 x 256 sums, 64 columns at a time through two buffers.
template <typename Element>
__device__ void store(const float (&sums)[128], const CUtensorMap* c_map, const Schedule& schedule,
                      SharedMemory memory, int consumer, int row, int column) {
  const int thread = static_cast<int>(threadIdx.x) % 128;
  const int warp = thread / 32, lane = thread % 32;
  // This lane's row of the four matrices that store_matrices() takes: two of 8 rows, twice 8 columns.
  const int matrix = lane / 8;
  const int lane_row = warp * 16 + matrix % 2 * 8 + lane % 8;
  const unsigned barrier = 1 + static_cast<unsigned>(consumer);
#pragma unroll
  for (int block = 0; block < tile_columns / store_columns; ++block) {
    const std::uint32_t buffer = memory.output(consumer, block % stores);
    if (thread == 0) hopper::wait_until_read<stores - 1>();  // the store before last, from this buffer
    hopper::named_barrier(barrier, 128);
#pragma unroll
    for (int pair = 0; pair < store_columns / 16; ++pair) {
      const int j = (block * (store_columns / 16) + pair) * 8;     // first of 8 sums: 16 columns
      const int chunk = (pair * 2 + matrix / 2) ^ (lane_row % 8);  // the TMA's 128-byte swizzle
      hopper::store_matrices(
          buffer + lane_row * 128 + chunk * 16, round_pair(sums[j + 0], sums[j + 1], Element{}),
          round_pair(sums[j + 2], sums[j + 3], Element{}), round_pair(sums[j + 4], sums[j + 5], Element{}),
          round_pair(sums[j + 6], sums[j + 7], Element{}));
    }
    hopper::fence_shared_for_copies();
    hopper::named_barrier(barrier, 128);
    const int x = column + block * store_columns, y = row + consumer * 64;
    if (thread == 0) {
      if (x < schedule.n && y < schedule.m) hopper::copy_box_out(c_map, buffer, x, y);
      hopper::commit_copies_out();  // an empty group too, so that the count of groups is that of blocks
    }
  }
}

/// A warpgroup: waits for stages, multiplies, hands them back, stores.
template <typename Element>
__device__ void consume(const CUtensorMap* c_map, const Schedule& schedule, SharedMemory memory,
                        unsigned rank, int consumer) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  Ring ring;
  for (TileLoop tile(schedule); tile.next(rank);) {
    float sums[128];
    multiply<Element>(sums, schedule, memory, consumer, lane, ring);
    store<Element>(sums, c_map, schedule, memory, consumer, tile.row, tile.column);
  }
  if (threadIdx.x % 128 == 0) hopper::wait_until_written();
}

#endif

template <typename Element>
__global__ void __launch_bounds__(threads, 1)
    gemm_hopper_kernel(const __grid_constant__ CUtensorMap a_map, const __grid_constant__ CUtensorMap b_map,
                       const __grid_constant__ CUtensorMap c_map, const __grid_constant__ Schedule schedule) {
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
  extern __shared__ unsigned char shared[];
  const SharedMemory memory{(hopper::shared_address(shared) + swizzle_alignment - 1) &
                            ~static_cast<std::uint32_t>(swizzle_alignment - 1)};
  const unsigned rank = hopper::cluster_rank();
  // The same in all lanes, which the compiler then knows.
  const int warpgroup = __shfl_sync(0xffffffffu, static_cast<int>(threadIdx.x) / 128, 0);

  if (threadIdx.x == 0) {
    hopper::prefetch_tensor_map(&a_map);
    hopper::prefetch_tensor_map(&b_map);
    hopper::prefetch_tensor_map(&c_map);
    for (int stage = 0; stage < stages; ++stage) {
      hopper::barrier_init(memory.full(stage), 1);
      hopper::barrier_init(memory.empty(stage), cluster * consumers * 4);
    }
    hopper::fence_barrier_init();
  }
  __syncwarp();
  hopper::cluster_synchronize();  // no copy or arrival before the other block's barriers exist

  if (warpgroup == 0) {
    hopper::lower_register_limit<producer_registers>();
    if (threadIdx.x == 0) produce(&a_map, &b_map, schedule, memory, rank);
    __syncwarp();
  } else {
    hopper::raise_register_limit<consumer_registers>();
    consume<Element>(&c_map, schedule, memory, rank, warpgroup - 1);
  }
  hopper::cluster_synchronize();  // no block leaves while the other may still arrive at its barriers
#endif
}

// The driver's function, found at run time: the program must start where there is no libcuda.
using EncodeTiled = decltype(&cuTensorMapEncodeTiled);

EncodeTiled find_encode_tiled() {
  void* function = nullptr;
  cudaDriverEntryPointQueryResult found = cudaDriverEntryPointSymbolNotFound;
#if CUDART_VERSION >= 12050
  check(
      cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &function, 12000, cudaEnableDefault, &found),
      "looking for cuTensorMapEncodeTiled in the driver");
#else
  check(cudaGetDriverEntryPoint("cuTensorMapEncodeTiled", &function, cudaEnableDefault, &found),
        "looking for cuTensorMapEncodeTiled in the driver");
#endif
  if (found != cudaDriverEntryPointSuccess || function == nullptr)
    throw std::runtime_error(
        "looking for cuTensorMapEncodeTiled in the driver: not found; it needs a driver "
        "for CUDA 12.0 or later");
  return reinterpret_cast<EncodeTiled>(function);
}

/// A row-major matrix of 16-bit elements, read or written in boxes of box_rows x box_columns that lie in
/// shared memory with the 128-byte swizzle.
CUtensorMap make_tensor_map(GemmType type, void* matrix, std::size_t rows, std::size_t columns,
                            std::size_t leading, unsigned box_rows, unsigned box_columns) {
  const cuuint64_t sizes[2] = {columns, rows};
  const cuuint64_t strides[1] = {leading * 2};
  const cuuint32_t box[2] = {box_columns, box_rows};
  const cuuint32_t every_element[2] = {1, 1};
  const CUtensorMapDataType data_type =
      type == GemmType::fp16 ? CU_TENSOR_MAP_DATA_TYPE_FLOAT16 : CU_TENSOR_MAP_DATA_TYPE_BFLOAT16;
  CUtensorMap map{};
  const CUresult result = find_encode_tiled()(
      &map, data_type, 2, matrix, sizes, strides, box, every_element, CU_TENSOR_MAP_INTERLEAVE_NONE,
      CU_TENSOR_MAP_SWIZZLE_128B, CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  if (result != CUDA_SUCCESS)
    throw std::runtime_error("describing a matrix of " + std::to_string(rows) + " x " +
                             std::to_string(columns) + " to the TMA: cuTensorMapEncodeTiled returned " +
                             std::to_string(static_cast<int>(result)));
  return map;
}

struct Maps {
  CUtensorMap a, b, c;
};

template <typename Element>
void launch(const Maps& maps, const Schedule& schedule, int blocks, cudaStream_t stream) {
  cudaLaunchAttribute attribute{};
  attribute.id = cudaLaunchAttributeClusterDimension;
  attribute.val.clusterDim.x = cluster;
  attribute.val.clusterDim.y = 1;
  attribute.val.clusterDim.z = 1;
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(static_cast<unsigned>(blocks));
  config.blockDim = dim3(threads);
  config.dynamicSmemBytes = shared_bytes;
  config.stream = stream;
  config.attrs = &attribute;
  config.numAttrs = 1;
  check(cudaLaunchKernelEx(&config, gemm_hopper_kernel<Element>, maps.a, maps.b, maps.c, schedule),
        "launching the Hopper GEMM kernel");
}

/// Clusters that the device runs at one time.
template <typename Element>
int resident_clusters() {
  check(cudaFuncSetAttribute(gemm_hopper_kernel<Element>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                             shared_bytes),
        "asking for the Hopper GEMM kernel's shared memory");
  cudaLaunchAttribute attribute{};
  attribute.id = cudaLaunchAttributeClusterDimension;
  attribute.val.clusterDim.x = cluster;
  attribute.val.clusterDim.y = 1;
  attribute.val.clusterDim.z = 1;
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(cluster);
  config.blockDim = dim3(threads);
  config.dynamicSmemBytes = shared_bytes;
  config.attrs = &attribute;
  config.numAttrs = 1;
  int clusters = 0;
  check(cudaOccupancyMaxActiveClusters(&clusters, gemm_hopper_kernel<Element>, &config),
        "asking how many clusters of the Hopper GEMM kernel fit the GPU");
  if (clusters == 0) throw std::runtime_error("preparing the Hopper GEMM kernel: no cluster fits this GPU");
  return clusters;
}

template <typename Element>
PreparedGemm prepare(const GemmProblem& problem, const GemmBuffers& buffers) {
  Maps maps;
  maps.a = make_tensor_map(problem.type, buffers.a, problem.m, problem.k, problem.lda, tile_rows, step);
  maps.b = make_tensor_map(problem.type, buffers.b, problem.n, problem.k, problem.ldb, tile_columns / cluster,
                           step);
  maps.c = make_tensor_map(problem.type, buffers.c, problem.m, problem.n, problem.ldc, 64, store_columns);
  Schedule schedule;
  schedule.m = static_cast<int>(problem.m);
  schedule.n = static_cast<int>(problem.n);
  schedule.steps = static_cast<int>((problem.k + step - 1) / step);
  schedule.cluster_rows = (schedule.m + cluster * tile_rows - 1) / (cluster * tile_rows);
  schedule.cluster_columns = (schedule.n + tile_columns - 1) / tile_columns;
  const int tiles = schedule.cluster_rows * schedule.cluster_columns;
  const int blocks = cluster * std::min(tiles, resident_clusters<Element>());
  return {[maps, schedule, blocks](cudaStream_t stream) { launch<Element>(maps, schedule, blocks, stream); },
          "wgmma 128x256x64, 4 stages, cluster 2x1"};
}

bool code_is_present() {
  int present = 0;
  const cudaError_t status = cudaMemcpyFromSymbol(&present, hopper_code_present, sizeof present);
  if (status != cudaSuccess) cudaGetLastError();  // no code for this device at all: not the next call's error
  return status == cudaSuccess && present == 1;
}

}  // namespace

std::optional<std::string> gemm_hopper_unsupported(const GemmProblem& problem, const Context& context) {
  if (problem.type != GemmType::fp16 && problem.type != GemmType::bf16)
    return "the kernel takes fp16 and bf16";
  if (context.compute_capability() != 90)
    return "wgmma needs compute capability 9.0; this GPU has " +
           std::to_string(context.compute_capability() / 10) + "." +
           std::to_string(context.compute_capability() % 10);
  if (problem.offset != 0 || problem.lda % 8 != 0 || problem.ldb % 8 != 0 || problem.ldc % 8 != 0)
    return "the TMA needs rows that start at multiples of 16 bytes";
  if (!code_is_present()) return "built without sm_90a; add 90a to CUPARITY_CUDA_ARCHITECTURES";
  return std::nullopt;
}

PreparedGemm prepare_gemm_hopper(const GemmProblem& problem, const GemmBuffers& buffers) {
  if (problem.m == 0 || problem.n == 0 || problem.k == 0) return prepare_gemm_zero(problem, buffers);
  if (problem.type == GemmType::fp16) return prepare<__half>(problem, buffers);
  return prepare<__nv_bfloat16>(problem, buffers);
}

}  // namespace cuparity::device

#else

#include <stdexcept>

namespace cuparity::device {

std::optional<std::string> gemm_hopper_unsupported(const GemmProblem&, const Context&) {
  return "built with a CUDA Toolkit older than 12.0, which does not know sm_90a";
}

PreparedGemm prepare_gemm_hopper(const GemmProblem&, const GemmBuffers&) {
  throw std::runtime_error("preparing the Hopper GEMM kernel: built with a CUDA Toolkit older than 12.0");
}

}  // namespace cuparity::device

#endif
