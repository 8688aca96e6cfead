// A convolution as cuDNN's graph API describes it.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/convolution/convolution.hpp"
#include "kernels/convolution/cudnn_descriptor.hpp"

namespace cuparity {

// Unique identifiers of the tensors in the graph.
constexpr std::int64_t cudnn_image_id = 1;
constexpr std::int64_t cudnn_filter_id = 2;
constexpr std::int64_t cudnn_output_id = 3;

/// tf32 is a way to compute with fp32 tensors.
cudnnDataType_t cudnn_data_type(ElementType type);

/// The operation last, what it is made from before it. Throws CudnnError.
std::vector<CudnnDescriptor> make_cudnn_operation(const ConvolutionProblem& problem);

}  // namespace cuparity
