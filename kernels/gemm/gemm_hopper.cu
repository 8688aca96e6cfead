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
// - No memory fence in the loop along k: see barrier_arrive_at().
// Reaches on an H200, bf16, 4096: 740.9 TFLOP/s, 0.993 of cuBLASLt
// (results/published/2026-11-23-h200-quick).
#include "kernels/gemm/gemm_device.hpp"

#if CUDART_VERSION >= 12000

#include <algorithm>
#include <stdexcept>

#include "kernels/gemm/gemm_hopper_kernel.cuh"

namespace cuparity::device {
namespace {

// Consumers, chains, columns, stages, output buffers, cluster rows and columns, band.
using BestShape = HopperShape<2, 1, 256, 4, 2, 2, 1, 8>;

// Whether this program carries the kernel for the current device: built for sm_90a, not just sm_90.
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
__device__ int hopper_code_present = 1;
#else
__device__ int hopper_code_present = 0;
#endif

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

/// A launch in clusters. `attribute` must live as long as what is returned.
template <typename Shape>
cudaLaunchConfig_t launch_configuration(int blocks, cudaLaunchAttribute& attribute, cudaStream_t stream) {
  attribute.id = cudaLaunchAttributeClusterDimension;
  attribute.val.clusterDim.x = Shape::cluster;
  attribute.val.clusterDim.y = 1;
  attribute.val.clusterDim.z = 1;
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(static_cast<unsigned>(blocks));
  config.blockDim = dim3(Shape::threads);
  config.dynamicSmemBytes = Shape::shared_bytes;
  config.stream = stream;
  config.attrs = &attribute;
  config.numAttrs = 1;
  return config;
}

template <typename Element, typename Shape>
void launch(const Maps& maps, const HopperProblem& problem, int blocks, cudaStream_t stream) {
  cudaLaunchAttribute attribute{};
  const cudaLaunchConfig_t config = launch_configuration<Shape>(blocks, attribute, stream);
  check(cudaLaunchKernelEx(&config, gemm_hopper_kernel<Element, Shape>, maps.a, maps.b, maps.c, problem),
        "launching the Hopper GEMM kernel");
}

/// Clusters that the device runs at one time.
template <typename Element, typename Shape>
int resident_clusters() {
  check(cudaFuncSetAttribute(gemm_hopper_kernel<Element, Shape>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                             Shape::shared_bytes),
        "asking for the Hopper GEMM kernel's shared memory");
  cudaLaunchAttribute attribute{};
  const cudaLaunchConfig_t config = launch_configuration<Shape>(Shape::cluster, attribute, nullptr);
  int clusters = 0;
  check(cudaOccupancyMaxActiveClusters(&clusters, gemm_hopper_kernel<Element, Shape>, &config),
        "asking how many clusters of the Hopper GEMM kernel fit the GPU");
  if (clusters == 0) throw std::runtime_error("preparing the Hopper GEMM kernel: no cluster fits this GPU");
  return clusters;
}

template <typename Shape>
std::string describe() {
  return "wgmma " + std::to_string(Shape::rows) + "x" + std::to_string(Shape::columns) + "x" +
         std::to_string(Shape::step) + (Shape::in_turn ? " in turn, " : ", ") +
         std::to_string(Shape::stages) + " stages, cluster " + std::to_string(Shape::cluster_rows) + "x" +
         std::to_string(Shape::cluster_columns) + ", band " + std::to_string(Shape::band);
}

template <typename Element, typename Shape>
PreparedGemm prepare(const GemmProblem& problem, const GemmBuffers& buffers) {
  Maps maps;
  maps.a = make_tensor_map(problem.type, buffers.a, problem.m, problem.k, problem.lda,
                           Shape::rows / Shape::cluster_columns, Shape::step);
  maps.b = make_tensor_map(problem.type, buffers.b, problem.n, problem.k, problem.ldb,
                           Shape::columns / Shape::cluster_rows, Shape::step);
  maps.c =
      make_tensor_map(problem.type, buffers.c, problem.m, problem.n, problem.ldc, 64, Shape::store_columns);
  constexpr int cluster_tile_rows = Shape::cluster_rows * Shape::rows;
  constexpr int cluster_tile_columns = Shape::cluster_columns * Shape::columns;
  HopperProblem p;
  p.m = static_cast<int>(problem.m);
  p.n = static_cast<int>(problem.n);
  p.steps = static_cast<int>((problem.k + Shape::step - 1) / Shape::step);
  p.cluster_rows = (p.m + cluster_tile_rows - 1) / cluster_tile_rows;
  p.cluster_columns = (p.n + cluster_tile_columns - 1) / cluster_tile_columns;
  p.c = buffers.c;
  p.ldc = problem.ldc;
  p.whole_pieces = problem.n % 8 == 0;
  const int tiles = p.cluster_rows * p.cluster_columns;
  const int blocks = Shape::cluster * std::min(tiles, resident_clusters<Element, Shape>());
  return {
      [maps, p, blocks](cudaStream_t stream) { launch<Element, Shape>(maps, p, blocks, stream); },
      describe<Shape>()};
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
  if (problem.type == GemmType::fp16) return prepare<__half, BestShape>(problem, buffers);
  return prepare<__nv_bfloat16, BestShape>(problem, buffers);
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
