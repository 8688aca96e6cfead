#include "kernels/gemm/gemm_shape_choice.hpp"

#include <stdexcept>
#include <utility>

#include "kernels/device/memory.hpp"
#include "kernels/device/time_in_turn.hpp"

namespace cuparity::device {
namespace {

/// Products below this are over in microseconds: the first shape is taken without timing.
constexpr double least_flops_to_time = 1e9;

/// By which one shape must be faster than an earlier one to be taken; the bits are the same anyway.
constexpr double least_margin = 0.002;

std::uint64_t digest_of(const PreparedGemm& shape, const GemmProblem& problem, const GemmBuffers& buffers,
                        Context& context) {
  const std::size_t bytes = problem.c_elements() * gemm_output_bytes(problem.type);
  poison(buffers.c, bytes, context.stream());
  shape.enqueue(context.stream());
  context.synchronize("running the GEMM kernel, " + shape.algorithm);
  return digest(buffers.c, bytes, context.stream());
}

/// Throws unless all shapes give the bits of the first.
void expect_equal_bits(const std::vector<PreparedGemm>& shapes, const GemmProblem& problem,
                       const GemmBuffers& buffers, Context& context) {
  const std::uint64_t first = digest_of(shapes.front(), problem, buffers, context);
  for (const PreparedGemm& shape : shapes)
    if (digest_of(shape, problem, buffers, context) != first)
      throw std::runtime_error("choosing a shape of the GEMM kernel for " + std::string(to_string(problem.type)) +
                               ": \"" + shape.algorithm + "\" gives other bits than \"" + shapes.front().algorithm +
                               "\"; one of them is wrong: run cuparity-validate and report it");
}

}  // namespace

PreparedGemm fastest_gemm_shape(std::vector<PreparedGemm> shapes, const GemmProblem& problem,
                                const GemmBuffers& buffers, Context& context) {
  if (shapes.size() == 1) return std::move(shapes.front());
  expect_equal_bits(shapes, problem, buffers, context);
  if (problem.work().flops < least_flops_to_time) return std::move(shapes.front());
  std::vector<std::function<void(cudaStream_t)>> candidates;
  for (const PreparedGemm& shape : shapes) candidates.push_back(shape.enqueue);
  return std::move(shapes[earliest_as_fast(time_in_turn(candidates, context, {}), least_margin)]);
}

}  // namespace cuparity::device
