#include "kernels/gemm/gemm.hpp"

#include <utility>

namespace cuparity {
namespace {

struct Size {
  std::size_t m, n, k;
  GemmLayout layout;
};

// Zero, one, odd, no multiple of any tile, gaps between rows, rows that no vector load may touch, not
// square, whole tiles, and a long sum for the error bound.
const std::vector<Size> any_sizes = {
    {0, 16, 16, GemmLayout::dense},        {16, 16, 0, GemmLayout::dense},
    {1, 1, 1, GemmLayout::dense},          {17, 33, 65, GemmLayout::dense},
    {129, 257, 65, GemmLayout::unaligned}, {129, 263, 72, GemmLayout::padded},
    {200, 520, 328, GemmLayout::dense},    {512, 512, 512, GemmLayout::dense},
    {40, 72, 20000, GemmLayout::dense},
};

// For kernels that need every row to start at a multiple of 16 bytes; sizes themselves are free.
const std::vector<Size> aligned_row_sizes = {
    {0, 16, 16, GemmLayout::dense},     {16, 16, 0, GemmLayout::dense},
    {1, 1, 1, GemmLayout::padded},      {17, 33, 65, GemmLayout::padded},
    {129, 263, 72, GemmLayout::padded}, {200, 520, 328, GemmLayout::dense},
    {384, 768, 64, GemmLayout::dense},  {512, 512, 512, GemmLayout::dense},
    {40, 72, 20000, GemmLayout::dense}, {2100, 4200, 136, GemmLayout::dense},
    {129, 264, 65, GemmLayout::padded},  // columns that the TMA stores, a ragged k that it loads
    {4120, 1240, 136, GemmLayout::padded}, {2310, 1544, 136, GemmLayout::dense},  // 256 x 200 on an H200
};

// The same where an element is a byte.
const std::vector<Size> aligned_byte_row_sizes = {
    {0, 16, 16, GemmLayout::dense},     {16, 16, 0, GemmLayout::dense},
    {1, 1, 1, GemmLayout::padded},      {17, 33, 65, GemmLayout::padded},
    {129, 263, 72, GemmLayout::padded}, {200, 520, 336, GemmLayout::dense},
    {384, 768, 128, GemmLayout::dense}, {512, 512, 512, GemmLayout::dense},
    {40, 72, 20000, GemmLayout::dense}, {2100, 4200, 272, GemmLayout::dense},
    {129, 264, 65, GemmLayout::padded},
    {4120, 1240, 272, GemmLayout::padded}, {2310, 1544, 272, GemmLayout::dense},
};

// cuBLASLt multiplies fp8 and int8 only where every size is a multiple of 16.
const std::vector<Size> multiple_of_16_sizes = {
    {0, 16, 16, GemmLayout::dense},     {16, 16, 0, GemmLayout::dense},
    {16, 32, 48, GemmLayout::dense},    {144, 272, 80, GemmLayout::padded},
    {208, 528, 336, GemmLayout::dense}, {512, 512, 512, GemmLayout::dense},
    {48, 80, 20000, GemmLayout::dense},
};

const std::vector<Size>& validation_sizes(const GemmContender& contender) {
  if (contender.variant == GemmVariant::own_hopper)
    return contender.type == GemmType::fp8_e4m3 ? aligned_byte_row_sizes : aligned_row_sizes;
  if (contender.variant == GemmVariant::cublaslt &&
      (contender.type == GemmType::fp8_e4m3 || contender.type == GemmType::int8))
    return multiple_of_16_sizes;
  return any_sizes;
}

std::string size_name(const Size& size) {
  if (size.m == size.n && size.n == size.k) return std::to_string(size.m);
  std::string name = std::to_string(size.m) + "x" + std::to_string(size.n) + "x" + std::to_string(size.k);
  if (size.layout == GemmLayout::padded) name += "_padded";
  if (size.layout == GemmLayout::unaligned) name += "_unaligned";
  return name;
}

Case make_case(Backend backend, const GemmContender& contender, const Size& size) {
  const GemmProblem problem = GemmProblem::make(contender.type, size.m, size.n, size.k, size.layout);
  Case row;
  row.name = "gemm/" + std::string(to_string(contender.variant)) + "/" +
             std::string(to_string(contender.type)) + "/" + size_name(size);
  row.backend = backend;
  row.work = problem.work();
  row.footprint_bytes = static_cast<std::size_t>(row.work.bytes);
  if (backend == Backend::cuda) {
    row.timing = Timing::device_events;
#ifdef CUPARITY_HAVE_CUDA
    complete_cuda_gemm_case(row, contender.variant, problem);
#endif
  } else {
    row.timing = Timing::host_clock;
    complete_host_gemm_case(row, contender.variant, problem);
  }
  return row;
}

constexpr GemmType cublaslt_types[] = {GemmType::fp64, GemmType::fp32,     GemmType::tf32, GemmType::fp16,
                                       GemmType::bf16, GemmType::fp8_e4m3, GemmType::int8};

bool backend_is_built(Backend backend) {
#ifdef CUPARITY_HAVE_CUDA
  (void)backend;
  return true;
#else
  return backend == Backend::cpu;
#endif
}

}  // namespace

std::string_view to_string(GemmType type) {
  switch (type) {
    case GemmType::fp64: return "fp64";
    case GemmType::fp32: return "fp32";
    case GemmType::tf32: return "tf32";
    case GemmType::fp16: return "fp16";
    case GemmType::bf16: return "bf16";
    case GemmType::fp8_e4m3: return "fp8_e4m3";
    case GemmType::int8: return "int8";
  }
  return "?";
}

std::string_view to_string(GemmVariant variant) {
  switch (variant) {
    case GemmVariant::own: return "own";
    case GemmVariant::own_portable: return "own_portable";
    case GemmVariant::own_hopper: return "own_hopper";
    case GemmVariant::cublaslt: return "cublaslt";
    case GemmVariant::openblas: return "openblas";
  }
  return "?";
}

std::size_t gemm_input_bytes(GemmType type) {
  switch (type) {
    case GemmType::fp64: return 8;
    case GemmType::fp32:
    case GemmType::tf32: return 4;
    case GemmType::fp16:
    case GemmType::bf16: return 2;
    case GemmType::fp8_e4m3:
    case GemmType::int8: return 1;
  }
  return 0;
}

std::size_t gemm_output_bytes(GemmType type) {
  switch (type) {
    case GemmType::fp64: return 8;
    case GemmType::fp32:
    case GemmType::tf32:
    case GemmType::int8: return 4;
    case GemmType::fp16:
    case GemmType::bf16:
    case GemmType::fp8_e4m3: return 2;
  }
  return 0;
}

GemmProblem GemmProblem::make(GemmType type, std::size_t m, std::size_t n, std::size_t k, GemmLayout layout) {
  const auto leading = [layout](std::size_t row, std::size_t bytes) {
    const std::size_t vector = 16 / bytes;
    if (layout == GemmLayout::padded) return (row + vector - 1) / vector * vector + vector;
    return layout == GemmLayout::unaligned ? row + 3 : row;
  };
  GemmProblem problem;
  problem.type = type;
  problem.m = m;
  problem.n = n;
  problem.k = k;
  problem.lda = problem.ldb = leading(k, gemm_input_bytes(type));
  problem.ldc = leading(n, gemm_output_bytes(type));
  problem.offset = layout == GemmLayout::unaligned ? 1 : 0;
  return problem;
}

Work GemmProblem::work() const {
  const double dm = static_cast<double>(m), dn = static_cast<double>(n), dk = static_cast<double>(k);
  Work work;
  work.bytes = (dm * dk + dn * dk) * static_cast<double>(gemm_input_bytes(type)) +
               dm * dn * static_cast<double>(gemm_output_bytes(type));
  work.flops = 2 * dm * dn * dk;
  return work;
}

std::vector<Case> gemm_bench_cases(Backend backend) {
  std::vector<Case> rows;
  if (!backend_is_built(backend)) return rows;
  const auto add = [&](GemmVariant variant, GemmType type, std::initializer_list<std::size_t> sizes) {
    for (const std::size_t n : sizes)
      rows.push_back(make_case(backend, {variant, type}, {n, n, n, GemmLayout::dense}));
  };
  if (backend == Backend::cpu) {
    for (const GemmType type : {GemmType::fp32, GemmType::fp64})
      add(GemmVariant::own, type, {1024});
    for (const GemmType type : {GemmType::fp32, GemmType::fp64})
      add(GemmVariant::openblas, type, {1024, 2048});
    return rows;
  }
  for (const GemmType type : {GemmType::fp32, GemmType::bf16, GemmType::fp16, GemmType::fp8_e4m3})
    add(GemmVariant::own, type, {4096, 8192, 16384});
  for (const GemmType type : cublaslt_types)
    add(GemmVariant::cublaslt, type, {4096, 8192, 16384});
  return rows;
}

std::vector<Case> gemm_validation_cases(Backend backend) {
  std::vector<GemmContender> contenders;
  if (!backend_is_built(backend)) return {};
  if (backend == Backend::cpu) {
    for (const GemmVariant variant : {GemmVariant::own, GemmVariant::openblas})
      for (const GemmType type : {GemmType::fp32, GemmType::fp64})
        contenders.push_back({variant, type});
  } else {
    contenders = {{GemmVariant::own_portable, GemmType::fp32},
                  {GemmVariant::own_portable, GemmType::bf16},
                  {GemmVariant::own_portable, GemmType::fp16},
                  {GemmVariant::own_portable, GemmType::fp8_e4m3},
                  {GemmVariant::own_hopper, GemmType::bf16},
                  {GemmVariant::own_hopper, GemmType::fp16},
                  {GemmVariant::own_hopper, GemmType::fp8_e4m3}};
    for (const GemmType type : cublaslt_types)
      contenders.push_back({GemmVariant::cublaslt, type});
  }
  std::vector<Case> rows;
  for (const GemmContender& contender : contenders)
    for (const Size& size : validation_sizes(contender))
      rows.push_back(make_case(backend, contender, size));
  return rows;
}

}  // namespace cuparity
