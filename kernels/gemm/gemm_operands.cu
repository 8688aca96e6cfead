// Filling a GEMM's inputs, fetching sampled outputs, and the product of matrices without columns.
#include <algorithm>
#include <stdexcept>

#include "kernels/gemm/gemm_device.hpp"
#include "kernels/gemm/gemm_input.hpp"

namespace cuparity::device {
namespace {

constexpr int threads_per_block = 256;

template <typename Word>
__global__ void fill_kernel(Word* matrix, std::uint64_t seed, std::size_t rows, std::size_t columns,
                            std::size_t leading, GemmInputFormat format) {
  for (std::size_t row = blockIdx.y; row < rows; row += gridDim.y)
    for (std::size_t column = blockIdx.x * std::size_t{blockDim.x} + threadIdx.x; column < columns;
         column += std::size_t{gridDim.x} * blockDim.x)
      matrix[row * leading + column] = static_cast<Word>(gemm_input_bits(seed, row, column, columns, format));
}

template <typename Word>
__global__ void gather_kernel(const Word* matrix, std::size_t leading, const std::size_t* rows,
                              std::size_t row_count, const std::size_t* columns, std::size_t column_count,
                              std::uint64_t* gathered) {
  const std::size_t count = row_count * column_count;
  for (std::size_t i = blockIdx.x * std::size_t{blockDim.x} + threadIdx.x; i < count;
       i += std::size_t{gridDim.x} * blockDim.x)
    gathered[i] = matrix[rows[i / column_count] * leading + columns[i % column_count]];
}

unsigned blocks_for(std::size_t count, std::size_t limit) {
  return static_cast<unsigned>(std::min((count + threads_per_block - 1) / threads_per_block, limit));
}

/// Calls `action` with a null pointer to the unsigned integer type of `bytes` bytes.
template <typename Action>
void with_word(std::size_t bytes, const Action& action) {
  switch (bytes) {
    case 1: return action(static_cast<std::uint8_t*>(nullptr));
    case 2: return action(static_cast<std::uint16_t*>(nullptr));
    case 4: return action(static_cast<std::uint32_t*>(nullptr));
    case 8: return action(static_cast<std::uint64_t*>(nullptr));
    default:
      throw std::runtime_error("handling a matrix: no element has " + std::to_string(bytes) + " bytes");
  }
}

}  // namespace

void fill_gemm_input(GemmType type, void* matrix, std::uint64_t seed, std::size_t rows, std::size_t columns,
                     std::size_t leading, cudaStream_t stream) {
  if (rows == 0 || columns == 0) return;
  const dim3 grid(blocks_for(columns, 64), static_cast<unsigned>(std::min(rows, std::size_t{32768})));
  with_word(gemm_input_bytes(type), [&](auto* word) {
    fill_kernel<<<grid, threads_per_block, 0, stream>>>(static_cast<decltype(word)>(matrix), seed, rows,
                                                        columns, leading, gemm_input_format(type));
  });
  check(cudaGetLastError(), "filling a GEMM's input");
}

void gather_gemm_output(std::size_t element_bytes, const void* matrix, std::size_t leading,
                        const std::size_t* rows, std::size_t row_count, const std::size_t* columns,
                        std::size_t column_count, std::uint64_t* gathered, cudaStream_t stream) {
  const std::size_t count = row_count * column_count;
  if (count == 0) return;
  with_word(element_bytes, [&](auto* word) {
    using Word = std::remove_pointer_t<decltype(word)>;
    gather_kernel<<<blocks_for(count, 4096), threads_per_block, 0, stream>>>(
        static_cast<const Word*>(matrix), leading, rows, row_count, columns, column_count, gathered);
  });
  check(cudaGetLastError(), "fetching sampled outputs of a GEMM");
}

PreparedGemm prepare_gemm_zero(const GemmProblem& problem, const GemmBuffers& buffers) {
  const std::size_t bytes = gemm_output_bytes(problem.type);
  auto* c = static_cast<unsigned char*>(buffers.c) + problem.offset * bytes;
  return {[problem, c, bytes](cudaStream_t stream) {
            if (problem.m == 0 || problem.n == 0) return;
            check(cudaMemset2DAsync(c, problem.ldc * bytes, 0, problem.n * bytes, problem.m, stream),
                  "writing the zeros of a GEMM with k = 0");
          },
          "memset"};
}

}  // namespace cuparity::device
