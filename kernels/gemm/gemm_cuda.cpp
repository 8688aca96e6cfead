// GEMM on the GPU: chooses the kernel, owns the buffers, verifies.
#include <algorithm>
#include <limits>
#include <stdexcept>

#include "kernels/device/memory.hpp"
#include "kernels/gemm/gemm_device.hpp"
#include "kernels/gemm/gemm_input.hpp"
#include "kernels/gemm/gemm_reference.hpp"

namespace cuparity {
namespace {

using device::Buffer;
using device::Context;

constexpr std::size_t guard_bytes = 256;  // after C, must stay untouched
constexpr std::size_t largest_gap_check = std::size_t{64} << 20;

/// The least compute capability for the type on tensor cores; 0: any, it does not need them.
int needed_capability(GemmType type) {
  switch (type) {
    case GemmType::fp16: return 75;
    case GemmType::bf16: return 80;
    case GemmType::fp8_e4m3: return 89;
    default: return 0;
  }
}

std::optional<std::string> portable_unsupported(const GemmProblem& problem, const Context& context) {
  if (problem.type == GemmType::fp8_e4m3 && CUDART_VERSION < 12040)
    return "fp8 with mma.sync needs CUDA 12.4 or later; this build has an older one";
  const int capability = context.compute_capability();
  const int needed = needed_capability(problem.type);
  if (capability >= needed) return std::nullopt;
  return std::string(to_string(problem.type)) + " on tensor cores needs compute capability " +
         std::to_string(needed / 10) + "." + std::to_string(needed % 10) + " or later; this GPU has " +
         std::to_string(capability / 10) + "." + std::to_string(capability % 10);
}

std::optional<std::string> unsupported_on(const Context& context, GemmVariant variant,
                                          const GemmProblem& problem) {
  std::optional<std::string> reason;
  if (variant == GemmVariant::cublaslt) reason = gemm_cublaslt_unsupported(problem.type, context);
  if (variant == GemmVariant::own_hopper) reason = gemm_hopper_unsupported(problem, context);
  if (variant == GemmVariant::own_portable ||
      (variant == GemmVariant::own && gemm_hopper_unsupported(problem, context)))
    reason = portable_unsupported(problem, context);
  if (reason) return reason;
  // The flush buffer, cuBLASLt's workspace and the context itself come on top of the matrices.
  const double needed = problem.work().bytes * 1.02 + 1e9;
  if (problem.work().bytes > 1e9 && needed > static_cast<double>(context.memory_bytes()))
    return "needs " + std::to_string(static_cast<long>(needed / 1e9)) + " GB of GPU memory; this GPU has " +
           std::to_string(context.memory_bytes() / 1000000000) + " GB";
  return std::nullopt;
}

device::PreparedGemm prepare(GemmVariant variant, const GemmProblem& problem,
                             const device::GemmBuffers& buffers, Context& context) {
  const auto portable = [&] {
    return problem.type == GemmType::fp32 ? prepare_gemm_fp32(problem, buffers, context)
                                          : prepare_gemm_tensor_core(problem, buffers);
  };
  switch (variant) {
    case GemmVariant::cublaslt: return prepare_gemm_cublaslt(problem, buffers, context);
    case GemmVariant::own_hopper: return prepare_gemm_hopper(problem, buffers);
    case GemmVariant::own_portable: return portable();
    case GemmVariant::own:
      return gemm_hopper_unsupported(problem, context) ? portable() : prepare_gemm_hopper(problem, buffers);
    case GemmVariant::openblas: break;
  }
  throw std::runtime_error("preparing a GEMM on the GPU: OpenBLAS runs on the CPU");
}

class CudaGemm final : public Execution {
 public:
  CudaGemm(const GemmProblem& problem, Context& context, const device::GemmPreparation& preparation)
      : problem_(problem),
        context_(context),
        a_(problem.a_elements() * gemm_input_bytes(problem.type)),
        b_(problem.b_elements() * gemm_input_bytes(problem.type)),
        c_(problem.c_elements() * gemm_output_bytes(problem.type) + guard_bytes) {
    fill(a_, gemm_seed_a, problem.m, problem.lda);
    fill(b_, gemm_seed_b, problem.n, problem.ldb);
    prepared_ = preparation(problem, {a_.data(), b_.data(), c_.data()}, context);
    context.synchronize("preparing a GEMM");
  }

  void run() override { prepared_.enqueue(context_.stream()); }

  Verification verify() override {
    device::poison(c_.data(), c_.bytes(), context_.stream());
    run();
    context_.synchronize("running a GEMM");
    const GemmSample sample = gemm_sample(problem_);
    Verification result = compare_gemm(problem_, sample, fetch(sample));
    if (!gaps_untouched()) {
      result.error = std::numeric_limits<double>::infinity();
      result.detail = "wrote outside C: to a gap between its rows or past its end";
    }
    result.digest = device::digest(c_.data(), c_.bytes() - guard_bytes, context_.stream());
    return result;
  }

  std::string algorithm() const override { return prepared_.algorithm; }

 private:
  /// The gaps between rows become NaN (-1 in int8), so that a kernel that reads them is found out.
  void fill(const Buffer<unsigned char>& matrix, std::uint64_t seed, std::size_t rows, std::size_t leading) {
    device::poison(matrix.data(), matrix.bytes(), context_.stream());
    const std::size_t offset = problem_.offset * gemm_input_bytes(problem_.type);
    device::fill_gemm_input(problem_.type, matrix.data() + offset, seed, rows, problem_.k, leading,
                            context_.stream());
  }

  std::size_t output_bytes() const { return gemm_output_bytes(problem_.type); }

  std::vector<double> fetch(const GemmSample& sample) const {
    const std::size_t count = sample.rows.size() * sample.columns.size();
    const Buffer<std::size_t> rows(sample.rows.size()), columns(sample.columns.size());
    const Buffer<std::uint64_t> gathered(count);
    copy_in(rows, sample.rows);
    copy_in(columns, sample.columns);
    device::gather_gemm_output(output_bytes(), c_.data() + problem_.offset * output_bytes(), problem_.ldc,
                               rows.data(), rows.size(), columns.data(), columns.size(), gathered.data(),
                               context_.stream());
    std::vector<double> values;
    values.reserve(count);
    for (const std::uint64_t bits : device::to_host(gathered.data(), count, context_.stream()))
      values.push_back(gemm_output_value(problem_.type, bits));
    return values;
  }

  void copy_in(const Buffer<std::size_t>& target, const std::vector<std::size_t>& source) const {
    if (source.empty()) return;
    device::check(cudaMemcpyAsync(target.data(), source.data(), target.bytes(), cudaMemcpyHostToDevice,
                                  context_.stream()),
                  "copying sampled positions to the GPU");
    context_.synchronize("copying sampled positions to the GPU");
  }

  /// Everything in C's buffer that is not an element still holds the poison. Large buffers: the end alone.
  bool gaps_untouched() const {
    const bool has_gaps = problem_.offset != 0 || problem_.ldc != problem_.n;
    const std::size_t first = has_gaps && c_.bytes() <= largest_gap_check ? 0 : c_.bytes() - guard_bytes;
    const std::vector<unsigned char> bytes =
        device::to_host(c_.data() + first, c_.bytes() - first, context_.stream());
    const auto poisoned = [&](std::size_t from, std::size_t to) {
      return std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(from - first),
                         bytes.begin() + static_cast<std::ptrdiff_t>(to - first),
                         [](unsigned char byte) { return byte == 0xff; });
    };
    if (!poisoned(c_.bytes() - guard_bytes, c_.bytes())) return false;
    if (first != 0) return true;
    const std::size_t start = problem_.offset * output_bytes(), leading = problem_.ldc * output_bytes();
    if (!poisoned(0, start)) return false;
    for (std::size_t i = 0; i < problem_.m; ++i)
      if (!poisoned(start + i * leading + problem_.n * output_bytes(), start + (i + 1) * leading))
        return false;
    return true;
  }

  GemmProblem problem_;
  Context& context_;
  Buffer<unsigned char> a_, b_, c_;
  device::PreparedGemm prepared_;
};

}  // namespace

std::unique_ptr<Execution> device::prepare_gemm(const GemmProblem& problem, Context& context,
                                                const GemmPreparation& preparation) {
  return std::make_unique<CudaGemm>(problem, context, preparation);
}

void complete_cuda_gemm_case(Case& row, GemmVariant variant, const GemmProblem& problem) {
  row.unsupported = [variant, problem](Context* context) {
    return unsupported_on(*context, variant, problem);
  };
  row.prepare = [variant, problem](Context* context) -> std::unique_ptr<Execution> {
    return device::prepare_gemm(problem, *context,
                                [variant](const GemmProblem& same_problem, const device::GemmBuffers& buffers,
                                          Context& same_context) {
                                  return prepare(variant, same_problem, buffers, same_context);
                                });
  };
}

}  // namespace cuparity
