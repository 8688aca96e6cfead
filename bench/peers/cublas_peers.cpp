// cublasSaxpy, cublasSdot and cublasGemmEx, and cuBLASLt's best in the rows of our own GEMM.
#include <cublas_v2.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "bench/peers/peer.hpp"
#include "kernels/bandwidth/bandwidth_cuda.hpp"
#include "kernels/device/context.hpp"
#include "kernels/gemm/gemm_device.hpp"

namespace cuparity {
namespace {

void check_cublas(cublasStatus_t status, const std::string& what_was_done) {
  if (status != CUBLAS_STATUS_SUCCESS)
    throw std::runtime_error(what_was_done + ": " + cublasGetStatusString(status));
}

struct DestroyHandle {
  void operator()(cublasHandle_t handle) const { cublasDestroy(handle); }
};
using Handle = std::shared_ptr<std::remove_pointer_t<cublasHandle_t>>;

Handle make_handle() {
  cublasHandle_t handle = nullptr;
  check_cublas(cublasCreate(&handle), "creating a cuBLAS handle");
  return {handle, DestroyHandle{}};
}

std::unique_ptr<Execution> prepare_dot_by_cublas(const Case& row, device::Context* context) {
  const Handle handle = make_handle();
  // The result stays on the GPU, as ours does.
  check_cublas(cublasSetPointerMode(handle.get(), CUBLAS_POINTER_MODE_DEVICE), "setting cuBLAS's pointer mode");
  const auto launch = [handle](const float* x, const float* y, float* result, std::size_t count, cudaStream_t stream) {
    check_cublas(cublasSetStream(handle.get(), stream), "giving cuBLAS its stream");
    check_cublas(cublasSdot(handle.get(), static_cast<int>(count), x, 1, y, 1, result), "running cublasSdot");
  };
  // How cuBLAS sums is not documented: at most this many roundings a product would still show a lost block.
  constexpr double roundings = 16384;
  return prepare_dot(*context, stream_problem_of(row, StreamOperation::dot), launch, roundings);
}

/// The row of our list that has `name`. The lists are fixed, so a name that is not there is an error of the program.
const Case& row_named(const std::vector<Case>& rows, const std::string& name) {
  for (const Case& row : rows)
    if (row.name == name) return row;
  throw std::logic_error("no row is called " + name);
}

/// Rows whose name matches, done by the row whose name has `part` replaced: our list has that peer already.
std::vector<Case> done_by_other_row(const std::vector<Case>& ours, const std::string& pattern, const std::string& part,
                                    const std::string& replacement) {
  std::vector<Case> cases = taken_over(ours, pattern, nullptr);
  for (Case& row : cases) {
    std::string other = row.name;
    other.replace(other.find(part), part.size(), replacement);
    const std::string name = row.name;
    row = row_named(ours, other);
    row.name = name;
  }
  return cases;
}

/// The square problem of a row "gemm/own/TYPE/N".
GemmProblem problem_of(const Case& row) {
  const std::size_t n = std::stoul(row.name.substr(row.name.rfind('/') + 1));
  for (const GemmType type : {GemmType::fp32, GemmType::fp16, GemmType::bf16, GemmType::fp8_e4m3})
    if (row.name.find("gemm/own/" + std::string(to_string(type)) + "/") == 0)
      return GemmProblem::make(type, n, n, n, GemmLayout::dense);
  throw std::logic_error(row.name + " is no GEMM of a type that cuBLAS is asked for");
}

/// cuBLASLt at its best, whatever that does to the bits from process to process.
device::PreparedGemm prepare_best_cublaslt(const GemmProblem& problem, const device::GemmBuffers& buffers,
                                           device::Context& context) {
  return prepare_gemm_cublaslt(problem, buffers, context, device::CublasltSearch::best);
}

/// Column-major, so our C (m x n) is its C^T (n x m) = B^T-stored^T * A-stored: see gemm_cublaslt.cpp.
device::PreparedGemm prepare_gemmex(const GemmProblem& problem, const device::GemmBuffers& buffers, device::Context&) {
  const Handle handle = make_handle();
  const cudaDataType_t type = problem.type == GemmType::bf16 ? CUDA_R_16BF : CUDA_R_16F;
  const auto enqueue = [=](cudaStream_t stream) {
    const float one = 1, zero = 0;
    check_cublas(cublasSetStream(handle.get(), stream), "giving cuBLAS its stream");
    check_cublas(cublasGemmEx(handle.get(), CUBLAS_OP_T, CUBLAS_OP_N, static_cast<int>(problem.n),
                              static_cast<int>(problem.m), static_cast<int>(problem.k), &one, buffers.b, type,
                              static_cast<int>(problem.ldb), buffers.a, type, static_cast<int>(problem.lda), &zero,
                              buffers.c, type, static_cast<int>(problem.ldc), CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT),
                 "running cublasGemmEx");
  };
  return {enqueue, "cublasGemmEx, default"};
}

}  // namespace

std::vector<Case> cublas_vector_cases(const std::vector<Case>& ours) {
  std::vector<Case> cases = done_by_other_row(ours, "saxpy/own/.*", "/own/", "/cublas/");
  for (Case& row : taken_over(ours, "bandwidth/dot/fp32/.*", prepare_dot_by_cublas)) cases.push_back(std::move(row));
  return cases;
}

std::vector<Case> cublas_gemmex_cases(const std::vector<Case>& ours) {
  return taken_over(ours, "gemm/own/(bf16|fp16)/[0-9]+", [](const Case& row, device::Context* context) {
    return device::prepare_gemm(problem_of(row), *context, prepare_gemmex);
  });
}

std::vector<Case> cublaslt_cases(const std::vector<Case>& ours) {
  std::vector<Case> cases =
      taken_over(ours, "gemm/own/(fp32|bf16|fp16|fp8_e4m3)/[0-9]+", [](const Case& row, device::Context* context) {
        return device::prepare_gemm(problem_of(row), *context, prepare_best_cublaslt);
      });
  for (Case& row : cases) {
    const GemmType type = problem_of(row).type;
    row.unsupported = [type](device::Context* context) { return gemm_cublaslt_unsupported(type, *context); };
  }
  return cases;
}

}  // namespace cuparity
