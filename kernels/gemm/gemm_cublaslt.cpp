// GEMM through cuBLASLt, with the algorithm found by search.
//
// cuBLASLt is column-major: our row-major C (m x n) is its D (n x m). D = X^T * Y with X = our B (n x k rows,
// its k x n columns) and Y = our A (m x k rows, its k x m columns): the "TN" form, the one form that fp8 and
// int8 tensor cores take, used for every type so that all types read their inputs alike.
//
// The search takes the algorithms that cuBLASLt's heuristic names, in its order, and times them in turn, several
// rounds. It keeps the earliest that is slower than the fastest by no more than 5 % (timed_choice.hpp): a choice by noise
// would change time and bits from process to process, and a handful of algorithms often lies within 1 to 4 %
// (docs/performance.md). Only algorithms that sum in the compute type are asked for (no split along k that adds in the
// output type). One algorithm gives the same bits each time it runs with the same buffers.
#include "kernels/gemm/gemm_device.hpp"

#ifdef CUPARITY_HAVE_CUBLAS

#include <cublasLt.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "kernels/device/time_in_turn.hpp"

namespace cuparity::device {
namespace {

constexpr std::size_t workspace_bytes = std::size_t{32} << 20;  // what NVIDIA recommends for Hopper
constexpr double least_margin = 0.05;
constexpr double long_product_flops = 4e12;  // the search may not take longer than the measurement

void check_blas(cublasStatus_t status, const std::string& what_was_done) {
  if (status != CUBLAS_STATUS_SUCCESS)
    throw std::runtime_error(what_was_done + ": " + cublasLtGetStatusName(status) + " (" +
                             cublasLtGetStatusString(status) + ")");
}

struct Destroy {
  void operator()(cublasLtHandle_t handle) const { cublasLtDestroy(handle); }
  void operator()(cublasLtMatmulDesc_t description) const { cublasLtMatmulDescDestroy(description); }
  void operator()(cublasLtMatrixLayout_t layout) const { cublasLtMatrixLayoutDestroy(layout); }
  void operator()(cublasLtMatmulPreference_t preference) const {
    cublasLtMatmulPreferenceDestroy(preference);
  }
};

template <typename Handle>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, Destroy>;

struct Types {
  cublasComputeType_t compute;
  cudaDataType_t scale;
  cudaDataType_t input;
  cudaDataType_t output;
};

Types types_of(GemmType type) {
  switch (type) {
    case GemmType::fp64: return {CUBLAS_COMPUTE_64F, CUDA_R_64F, CUDA_R_64F, CUDA_R_64F};
    // Pedantic: no tf32 and no emulation, whatever NVIDIA_TF32_OVERRIDE and the like say.
    case GemmType::fp32: return {CUBLAS_COMPUTE_32F_PEDANTIC, CUDA_R_32F, CUDA_R_32F, CUDA_R_32F};
    case GemmType::tf32: return {CUBLAS_COMPUTE_32F_FAST_TF32, CUDA_R_32F, CUDA_R_32F, CUDA_R_32F};
    case GemmType::fp16: return {CUBLAS_COMPUTE_32F, CUDA_R_32F, CUDA_R_16F, CUDA_R_16F};
    case GemmType::bf16: return {CUBLAS_COMPUTE_32F, CUDA_R_32F, CUDA_R_16BF, CUDA_R_16BF};
#if CUDART_VERSION >= 11080
    case GemmType::fp8_e4m3: return {CUBLAS_COMPUTE_32F, CUDA_R_32F, CUDA_R_8F_E4M3, CUDA_R_16BF};
#endif
    case GemmType::int8: return {CUBLAS_COMPUTE_32I, CUDA_R_32I, CUDA_R_8I, CUDA_R_32I};
    default: break;
  }
  throw std::runtime_error("choosing cuBLASLt's types: this build has none for " +
                           std::string(to_string(type)));
}

/// alpha = 1 and beta = 0 in the scale type.
struct Scalars {
  alignas(8) unsigned char alpha[8] = {};
  alignas(8) unsigned char beta[8] = {};

  explicit Scalars(cudaDataType_t type) {
    const auto store = [this](auto one) {
      std::copy_n(reinterpret_cast<unsigned char*>(&one), sizeof one, alpha);
    };
    if (type == CUDA_R_64F) {
      store(1.0);
    } else if (type == CUDA_R_32I) {
      store(std::int32_t{1});
    } else {
      store(1.0f);
    }
  }
};

Owned<cublasLtMatrixLayout_t> make_layout(cudaDataType_t type, std::size_t rows, std::size_t columns,
                                          std::size_t leading) {
  cublasLtMatrixLayout_t layout = nullptr;
  check_blas(cublasLtMatrixLayoutCreate(&layout, type, rows, columns, static_cast<std::int64_t>(leading)),
             "describing a matrix to cuBLASLt");
  return Owned<cublasLtMatrixLayout_t>(layout);
}

/// The largest power of two, up to 256, that divides the address and the bytes between rows.
std::uint32_t alignment_of(const void* pointer, std::size_t row_bytes) {
  const std::uintptr_t bits = reinterpret_cast<std::uintptr_t>(pointer) | row_bytes | 256;
  return static_cast<std::uint32_t>(bits & (~bits + 1));
}

/// A multiplication on fixed buffers, and the algorithm once it is chosen.
class Multiplication {
 public:
  Multiplication(const GemmProblem& problem, const GemmBuffers& buffers);

  /// Up to `count` algorithms, best first by cuBLASLt's estimate.
  std::vector<cublasLtMatmulHeuristicResult_t> candidates(int count) const;
  void choose(const cublasLtMatmulAlgo_t& algorithm) { algorithm_ = algorithm; }
  void enqueue(cudaStream_t stream) const;
  std::string describe(int position, int of) const;

 private:
  template <typename Value>
  void set(cublasLtMatmulDescAttributes_t attribute, const Value& value) {
    check_blas(cublasLtMatmulDescSetAttribute(description_.get(), attribute, &value, sizeof value),
               "describing a GEMM to cuBLASLt");
  }
  template <typename Value>
  Value configured(cublasLtMatmulAlgoConfigAttributes_t attribute) const {
    Value value{};
    std::size_t written = 0;
    cublasLtMatmulAlgoConfigGetAttribute(&algorithm_, attribute, &value, sizeof value, &written);
    return value;
  }

  Owned<cublasLtHandle_t> handle_;
  Owned<cublasLtMatmulDesc_t> description_;
  Owned<cublasLtMatrixLayout_t> x_layout_, y_layout_, d_layout_;
  Scalars scalars_;
  const void* x_;
  const void* y_;
  void* d_;
  std::uint32_t x_alignment_, y_alignment_, d_alignment_;
  Buffer<float> one_;  // the scale of fp8 inputs
  Buffer<unsigned char> workspace_{workspace_bytes};
  cublasLtMatmulAlgo_t algorithm_{};
};

Multiplication::Multiplication(const GemmProblem& problem, const GemmBuffers& buffers)
    : scalars_(types_of(problem.type).scale) {
  const Types types = types_of(problem.type);
  const std::size_t input = gemm_input_bytes(problem.type), output = gemm_output_bytes(problem.type);
  x_ = static_cast<const unsigned char*>(buffers.b) + problem.offset * input;
  y_ = static_cast<const unsigned char*>(buffers.a) + problem.offset * input;
  d_ = static_cast<unsigned char*>(buffers.c) + problem.offset * output;
  x_alignment_ = alignment_of(x_, problem.ldb * input);
  y_alignment_ = alignment_of(y_, problem.lda * input);
  d_alignment_ = alignment_of(d_, problem.ldc * output);

  cublasLtHandle_t handle = nullptr;
  check_blas(cublasLtCreate(&handle), "starting cuBLASLt");
  handle_.reset(handle);
  cublasLtMatmulDesc_t description = nullptr;
  check_blas(cublasLtMatmulDescCreate(&description, types.compute, types.scale),
             "describing a GEMM to cuBLASLt");
  description_.reset(description);
  set(CUBLASLT_MATMUL_DESC_TRANSA, CUBLAS_OP_T);
  set(CUBLASLT_MATMUL_DESC_TRANSB, CUBLAS_OP_N);
#if CUDART_VERSION >= 11080
  if (problem.type == GemmType::fp8_e4m3) {
    one_ = Buffer<float>(1);
    const float one = 1.0f;
    check(cudaMemcpy(one_.data(), &one, sizeof one, cudaMemcpyHostToDevice),
          "copying the scale of fp8 inputs");
    check(cudaDeviceSynchronize(), "copying the scale of fp8 inputs");  // the copy may outlive the call
    const void* scale = one_.data();
    set(CUBLASLT_MATMUL_DESC_A_SCALE_POINTER, scale);
    set(CUBLASLT_MATMUL_DESC_B_SCALE_POINTER, scale);
    set(CUBLASLT_MATMUL_DESC_FAST_ACCUM, std::int8_t{1});
  }
#endif
  x_layout_ = make_layout(types.input, problem.k, problem.n, problem.ldb);
  y_layout_ = make_layout(types.input, problem.k, problem.m, problem.lda);
  d_layout_ = make_layout(types.output, problem.n, problem.m, problem.ldc);
}

std::vector<cublasLtMatmulHeuristicResult_t> Multiplication::candidates(int count) const {
  cublasLtMatmulPreference_t raw = nullptr;
  check_blas(cublasLtMatmulPreferenceCreate(&raw), "asking cuBLASLt for algorithms");
  const Owned<cublasLtMatmulPreference_t> preference(raw);
  const auto prefer = [&](cublasLtMatmulPreferenceAttributes_t attribute, const auto& value) {
    check_blas(cublasLtMatmulPreferenceSetAttribute(raw, attribute, &value, sizeof value),
               "asking cuBLASLt for algorithms");
  };
  prefer(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, workspace_bytes);
  prefer(CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, std::uint32_t{CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE});
  prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, x_alignment_);
  prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, y_alignment_);
  prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, d_alignment_);
  prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, d_alignment_);

  std::vector<cublasLtMatmulHeuristicResult_t> results(static_cast<std::size_t>(count));
  int found = 0;
  const cublasStatus_t status =
      cublasLtMatmulAlgoGetHeuristic(handle_.get(), description_.get(), x_layout_.get(), y_layout_.get(),
                                     d_layout_.get(), d_layout_.get(), raw, count, results.data(), &found);
  if (status != CUBLAS_STATUS_NOT_SUPPORTED) check_blas(status, "asking cuBLASLt for algorithms");
  results.resize(static_cast<std::size_t>(found));
  results.erase(std::remove_if(results.begin(), results.end(),
                               [](const auto& result) { return result.state != CUBLAS_STATUS_SUCCESS; }),
                results.end());
  return results;
}

void Multiplication::enqueue(cudaStream_t stream) const {
  check_blas(cublasLtMatmul(handle_.get(), description_.get(), scalars_.alpha, x_, x_layout_.get(), y_,
                            y_layout_.get(), scalars_.beta, d_, d_layout_.get(), d_, d_layout_.get(),
                            &algorithm_, workspace_.data(), workspace_bytes, stream),
             "multiplying with cuBLASLt");
}

std::string Multiplication::describe(int position, int of) const {
  std::string text =
      "id " + std::to_string(configured<std::int32_t>(CUBLASLT_ALGO_CONFIG_ID)) + ", tile " +
      std::to_string(configured<std::uint32_t>(CUBLASLT_ALGO_CONFIG_TILE_ID)) + ", stages " +
      std::to_string(configured<std::uint32_t>(CUBLASLT_ALGO_CONFIG_STAGES_ID)) + ", split-k " +
      std::to_string(configured<std::int32_t>(CUBLASLT_ALGO_CONFIG_SPLITK_NUM)) + ", swizzle " +
      std::to_string(configured<std::uint32_t>(CUBLASLT_ALGO_CONFIG_CTA_SWIZZLING)) + ", option " +
      std::to_string(configured<std::uint32_t>(CUBLASLT_ALGO_CONFIG_CUSTOM_OPTION));
#if CUDART_VERSION >= 12000
  text += ", inner shape " + std::to_string(configured<std::uint16_t>(CUBLASLT_ALGO_CONFIG_INNER_SHAPE_ID)) +
          ", cluster " + std::to_string(configured<std::uint16_t>(CUBLASLT_ALGO_CONFIG_CLUSTER_SHAPE_ID));
#endif
  return text + " (" + std::to_string(position) + " of " + std::to_string(of) + ")";
}

int candidate_count(const GemmProblem& problem, CublasltSearch search) {
  if (search == CublasltSearch::best) return 64;
  return problem.work().flops > long_product_flops ? 4 : 8;
}

TimingLimits timing_limits(CublasltSearch search) {
  TimingLimits limits;
  if (search == CublasltSearch::best) {
    limits.rounds = 21;
    limits.seconds = 4;
  } else {
    limits.give_up = 3 * least_margin;  // two disturbed rounds don't drop what the margin would keep
  }
  return limits;
}

/// Chooses the algorithm of `multiplication` and says which.
std::string choose_algorithm(Multiplication& multiplication, const GemmProblem& problem, Context& context,
                             CublasltSearch search) {
  const auto candidates = multiplication.candidates(candidate_count(problem, search));
  if (candidates.empty())
    throw std::runtime_error("asking cuBLASLt for algorithms: it has none for " +
                             std::string(to_string(problem.type)) + " " + std::to_string(problem.m) + " x " +
                             std::to_string(problem.n) + " x " + std::to_string(problem.k) +
                             " in this layout on this GPU");
  std::vector<std::function<void(cudaStream_t)>> runs;
  for (const auto& candidate : candidates) {
    runs.push_back([&multiplication, &candidate](cudaStream_t stream) {
      multiplication.choose(candidate.algo);
      multiplication.enqueue(stream);
    });
    runs.back()(context.stream());  // loads the kernel
  }
  const TimesInTurn times = time_in_turn(runs, context, timing_limits(search));
  const std::size_t chosen =
      search == CublasltSearch::best ? fastest(times) : earliest_as_fast(times, least_margin);
  multiplication.choose(candidates[chosen].algo);
  return multiplication.describe(static_cast<int>(chosen) + 1, static_cast<int>(candidates.size()));
}

std::string needs_capability(const char* what, int needed, const Context& context) {
  const auto text = [](int capability) {
    return std::to_string(capability / 10) + "." + std::to_string(capability % 10);
  };
  return std::string(what) + " needs compute capability " + text(needed) + " or later; this GPU has " +
         text(context.compute_capability());
}

}  // namespace

PreparedGemm prepare_gemm_cublaslt(const GemmProblem& problem, const GemmBuffers& buffers, Context& context,
                                   CublasltSearch search) {
  if (problem.m == 0 || problem.n == 0 || problem.k == 0) return prepare_gemm_zero(problem, buffers);
  const auto multiplication = std::make_shared<Multiplication>(problem, buffers);
  std::string algorithm = choose_algorithm(*multiplication, problem, context, search);
  return {[multiplication](cudaStream_t stream) { multiplication->enqueue(stream); }, std::move(algorithm)};
}

std::optional<std::string> gemm_cublaslt_unsupported(GemmType type, const Context& context) {
  const int capability = context.compute_capability();
  if (type == GemmType::fp8_e4m3) {
    if (CUDART_VERSION < 11080) return "fp8 e4m3 needs CUDA 11.8 or later; this build has an older one";
    if (capability < 89) return needs_capability("fp8 e4m3", 89, context);
  }
  if (type == GemmType::bf16 && capability < 80) return needs_capability("bf16", 80, context);
  if (type == GemmType::tf32 && capability < 80) return needs_capability("tf32", 80, context);
  return std::nullopt;
}

}  // namespace cuparity::device

#else

#include <stdexcept>

namespace cuparity::device {

PreparedGemm prepare_gemm_cublaslt(const GemmProblem&, const GemmBuffers&, Context&, CublasltSearch) {
  throw std::runtime_error("multiplying with cuBLASLt: built without cuBLAS");
}

std::optional<std::string> gemm_cublaslt_unsupported(GemmType, const Context&) {
  return "built without cuBLAS";
}

}  // namespace cuparity::device

#endif
