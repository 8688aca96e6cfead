// Preparing and launching the shapes of the Hopper GEMM kernel on given buffers.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "kernels/gemm/gemm_hopper.hpp"
#include "kernels/gemm/gemm_hopper_kernel.cuh"
#include "kernels/gemm/gemm_tile_fit.hpp"

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

/// Elements of 128 bytes, the width of the swizzle.
template <typename Element>
constexpr unsigned swizzled_columns = 128 / sizeof(Element);

/// A row-major matrix, read or written in boxes. Those of 128 bytes a row lie in shared memory with the 128-byte swizzle,
/// others row after row.
template <typename Element>
CUtensorMap make_tensor_map(void* matrix, std::size_t rows, std::size_t columns, std::size_t leading,
                            unsigned box_rows, unsigned box_columns) {
  const cuuint64_t sizes[2] = {columns, rows};
  const cuuint64_t strides[1] = {leading * sizeof(Element)};
  const cuuint32_t box[2] = {box_columns, box_rows};
  const cuuint32_t every_element[2] = {1, 1};
  const CUtensorMapSwizzle swizzle = box_columns == swizzled_columns<Element> ? CU_TENSOR_MAP_SWIZZLE_128B
                                                                              : CU_TENSOR_MAP_SWIZZLE_NONE;
  CUtensorMap map{};
  const CUresult result = find_encode_tiled()(
      &map, tensor_map_type(Element{}), 2, matrix, sizes, strides, box, every_element, CU_TENSOR_MAP_INTERLEAVE_NONE,
      swizzle, CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
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

template <typename Element, typename Shape>
std::string describe(int band) {
  return "wgmma " + std::to_string(Shape::rows) + "x" + std::to_string(Shape::columns) + "x" +
         std::to_string(hopper_step<Element, Shape>) + ", " + std::to_string(Shape::stages) + " stages, cluster " +
         std::to_string(Shape::cluster_rows) + "x" + std::to_string(Shape::cluster_columns) + ", band " +
         std::to_string(band);
}

template <typename Element, typename Shape>
Maps make_maps(const GemmProblem& problem, const GemmBuffers& buffers) {
  using Output = typename HopperOutput<Element>::Type;
  Maps maps;
  maps.a = make_tensor_map<Element>(buffers.a, problem.m, problem.k, problem.lda, Shape::rows / Shape::cluster_columns,
                                    swizzled_columns<Element>);
  maps.b = make_tensor_map<Element>(buffers.b, problem.n, problem.k, problem.ldb,
                                    Shape::fetched_columns / Shape::cluster_rows, swizzled_columns<Element>);
  maps.c = make_tensor_map<Output>(buffers.c, problem.m, problem.n, problem.ldc, Shape::box_rows, Shape::box_columns);
  return maps;
}

struct FittedGemm {
  GemmTileFit fit;
  PreparedGemm gemm;
};

/// Appends the shape, unless it does not fit the GPU. band: of clusters' tiles, see gemm_tile().
template <typename Element, typename Shape>
void add_shape(std::vector<FittedGemm>& shapes, const GemmProblem& problem, const GemmBuffers& buffers, int band) {
  const int resident = resident_clusters<Element, Shape>();
  if (resident == 0) return;
  constexpr GemmClusterTile tile{Shape::cluster_rows * Shape::rows, Shape::cluster_columns * Shape::columns,
                                 Shape::cluster};
  constexpr int step = hopper_step<Element, Shape>;
  HopperProblem p;
  p.m = static_cast<int>(problem.m);
  p.n = static_cast<int>(problem.n);
  p.steps = (static_cast<int>(problem.k) + step - 1) / step;
  p.cluster_rows = (p.m + tile.rows - 1) / tile.rows;
  p.cluster_columns = (p.n + tile.columns - 1) / tile.columns;
  p.band = band;
  p.c = buffers.c;
  p.ldc = problem.ldc;
  p.whole_pieces = problem.n % 8 == 0;
  const Maps maps = make_maps<Element, Shape>(problem, buffers);
  const int blocks = Shape::cluster * std::min(p.cluster_rows * p.cluster_columns, resident);
  shapes.push_back({gemm_tile_fit(p.m, p.n, tile, resident),
                    {[maps, p, blocks](cudaStream_t stream) { launch<Element, Shape>(maps, p, blocks, stream); },
                     describe<Element, Shape>(band)}});
}

/// The shapes of every type, the one that fits best first. What each reaches: docs/performance.md.
template <typename Element>
std::vector<PreparedGemm> hopper_shapes(const GemmProblem& problem, const GemmBuffers& buffers) {
  // Tiles of 64 rows a consumer, columns, stages, and the cluster's rows and columns.
  std::vector<FittedGemm> shapes;
  add_shape<Element, HopperShape<1, 256, 4, 2, 1>>(shapes, problem, buffers, 8);
  add_shape<Element, HopperShape<2, 200, 3, 2, 1>>(shapes, problem, buffers, 4);
  add_shape<Element, HopperShape<2, 200, 3, 1, 2>>(shapes, problem, buffers, 8);
  std::stable_sort(shapes.begin(), shapes.end(),
                   [](const FittedGemm& one, const FittedGemm& other) { return one.fit < other.fit; });
  std::vector<PreparedGemm> prepared;
  for (FittedGemm& shape : shapes) prepared.push_back(std::move(shape.gemm));
  return prepared;
}

}  // namespace
}  // namespace cuparity::device
