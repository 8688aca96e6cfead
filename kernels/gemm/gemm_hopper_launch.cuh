// Preparing and launching the shapes of the Hopper GEMM kernel on given buffers.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/gemm/gemm_hopper.hpp"
#include "kernels/gemm/gemm_hopper_kernel.cuh"

namespace cuparity::device {
namespace {

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

constexpr CUtensorMapDataType tensor_map_type(__half) { return CU_TENSOR_MAP_DATA_TYPE_FLOAT16; }
constexpr CUtensorMapDataType tensor_map_type(__nv_bfloat16) { return CU_TENSOR_MAP_DATA_TYPE_BFLOAT16; }
constexpr CUtensorMapDataType tensor_map_type(__nv_fp8_e4m3) { return CU_TENSOR_MAP_DATA_TYPE_UINT8; }

/// A row-major matrix, read or written in boxes of box_rows x 128 bytes that lie in shared memory with the
/// 128-byte swizzle.
template <typename Element>
CUtensorMap make_tensor_map(void* matrix, std::size_t rows, std::size_t columns, std::size_t leading,
                            unsigned box_rows) {
  const cuuint64_t sizes[2] = {columns, rows};
  const cuuint64_t strides[1] = {leading * sizeof(Element)};
  const cuuint32_t box[2] = {128 / sizeof(Element), box_rows};
  const cuuint32_t every_element[2] = {1, 1};
  CUtensorMap map{};
  const CUresult result = find_encode_tiled()(
      &map, tensor_map_type(Element{}), 2, matrix, sizes, strides, box, every_element, CU_TENSOR_MAP_INTERLEAVE_NONE,
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

/// Clusters that the device runs at one time; 0: the shape does not fit it.
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
  return clusters;
}

/// What does not change the code of a shape.
struct HopperOrder {
  int band;            ///< clusters' tiles, see gemm_tile()
  int head_start = 0;  ///< steps along k of the first consumer over the second
};

template <typename Element, typename Shape>
std::string describe(const HopperOrder& order) {
  std::string text = "wgmma " + std::to_string(Shape::rows) + "x" + std::to_string(Shape::columns) + "x" +
                     std::to_string(hopper_step<Element, Shape>) + ", " +
                     std::to_string(Shape::stages) + " stages, cluster " + std::to_string(Shape::cluster_rows) +
                     "x" + std::to_string(Shape::cluster_columns) + ", band " + std::to_string(order.band);
  if (order.head_start > 0) text += ", head start " + std::to_string(order.head_start);
  return text;
}

/// Appends the shape in each of the orders, unless it does not fit the GPU.
template <typename Element, typename Shape>
void add_shape(std::vector<PreparedGemm>& shapes, const GemmProblem& problem, const GemmBuffers& buffers,
               std::initializer_list<HopperOrder> orders) {
  const int resident = resident_clusters<Element, Shape>();
  if (resident == 0) return;
  Maps maps;
  maps.a = make_tensor_map<Element>(buffers.a, problem.m, problem.k, problem.lda,
                                    Shape::rows / Shape::cluster_columns);
  maps.b = make_tensor_map<Element>(buffers.b, problem.n, problem.k, problem.ldb,
                                    Shape::columns / Shape::cluster_rows);
  maps.c = make_tensor_map<typename HopperOutput<Element>::Type>(buffers.c, problem.m, problem.n, problem.ldc, 64);
  constexpr int cluster_tile_rows = Shape::cluster_rows * Shape::rows;
  constexpr int cluster_tile_columns = Shape::cluster_columns * Shape::columns;
  constexpr int step = hopper_step<Element, Shape>;
  HopperProblem p;
  p.m = static_cast<int>(problem.m);
  p.n = static_cast<int>(problem.n);
  p.steps = (static_cast<int>(problem.k) + step - 1) / step;
  p.cluster_rows = (p.m + cluster_tile_rows - 1) / cluster_tile_rows;
  p.cluster_columns = (p.n + cluster_tile_columns - 1) / cluster_tile_columns;
  p.c = buffers.c;
  p.ldc = problem.ldc;
  p.whole_pieces = problem.n % 8 == 0;
  const int blocks = Shape::cluster * std::min(p.cluster_rows * p.cluster_columns, resident);
  for (const HopperOrder& order : orders) {
    p.band = order.band;
    p.head_start = std::min({order.head_start, p.steps - 1, Shape::stages - 1});
    shapes.push_back(
        {[maps, p, blocks](cudaStream_t stream) { launch<Element, Shape>(maps, p, blocks, stream); },
         describe<Element, Shape>(order)});
  }
}

/// The shapes that are tried for every type. Template arguments: cluster rows and columns. A cluster of four leaves
/// some of the 132 multiprocessors of an H100 or H200 idle, but reads a quarter less from the L2, and 128 divide
/// 4096 / 128 x 4096 / 256 tiles evenly.
template <typename Element>
std::vector<PreparedGemm> hopper_shapes(const GemmProblem& problem, const GemmBuffers& buffers) {
  std::vector<PreparedGemm> shapes;
  const auto add = [&](auto shape, std::initializer_list<HopperOrder> orders) {
    add_shape<Element, decltype(shape)>(shapes, problem, buffers, orders);
  };
  add(HopperShape<2, 1>{}, {{8}, {8, 2}, {4}, {4, 2}, {16, 2}});
  add(HopperShape<4, 1>{}, {{4}, {4, 2}, {2, 2}});
  add(HopperShape<2, 2>{}, {{8}, {8, 2}});
  return shapes;
}

}  // namespace
}  // namespace cuparity::device
