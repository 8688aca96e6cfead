#include "kernels/convolution/cudnn_operation.hpp"

#include <utility>

namespace cuparity {
namespace {

/// A densely packed tensor whose second dimension is contiguous: NHWC or KRSC.
CudnnDescriptor make_tensor(std::int64_t id, ElementType type, std::int64_t outer, std::int64_t channels,
                            std::int64_t height, std::int64_t width) {
  CudnnDescriptor tensor(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  tensor.set(CUDNN_ATTR_TENSOR_UNIQUE_ID, id);
  tensor.set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, cudnn_data_type(type));
  tensor.set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, std::int64_t{16});
  tensor.set(CUDNN_ATTR_TENSOR_DIMENSIONS, std::vector<std::int64_t>{outer, channels, height, width});
  tensor.set(CUDNN_ATTR_TENSOR_STRIDES,
             std::vector<std::int64_t>{height * width * channels, 1, width * channels, channels});
  tensor.finalize("describing a tensor to cuDNN");
  return tensor;
}

CudnnDescriptor make_convolution(const ConvolutionShape& shape) {
  CudnnDescriptor convolution(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
  const std::vector<std::int64_t> paddings{shape.padding, shape.padding};
  convolution.set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT);
  convolution.set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, CUDNN_CROSS_CORRELATION);
  convolution.set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, std::int64_t{2});
  convolution.set(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, paddings);
  convolution.set(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, paddings);
  convolution.set(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES,
                  std::vector<std::int64_t>{shape.stride, shape.stride});
  convolution.set(CUDNN_ATTR_CONVOLUTION_DILATIONS, std::vector<std::int64_t>{1, 1});
  convolution.finalize("describing a convolution to cuDNN");
  return convolution;
}

/// The same operation has three descriptor types, each with its own attribute names.
struct OperationNames {
  cudnnBackendDescriptorType_t type;
  cudnnBackendAttributeName_t convolution, image, filter, output, alpha, beta;
};

OperationNames operation_names(Pass pass) {
  switch (pass) {
    case Pass::backward_data:
      return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA};
    case Pass::backward_filter:
      return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA};
    case Pass::forward: break;
  }
  return {CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA};
}

}  // namespace

cudnnDataType_t cudnn_data_type(ElementType type) {
  switch (type) {
    case ElementType::fp16: return CUDNN_DATA_HALF;
    case ElementType::bf16: return CUDNN_DATA_BFLOAT16;
    default: return CUDNN_DATA_FLOAT;
  }
}

std::vector<CudnnDescriptor> make_cudnn_operation(const ConvolutionProblem& problem) {
  const ConvolutionShape& s = problem.shape;
  const OperationNames names = operation_names(problem.pass);
  std::vector<CudnnDescriptor> parts;
  parts.push_back(make_tensor(cudnn_image_id, problem.type, s.batch, s.channels, s.height, s.width));
  parts.push_back(
      make_tensor(cudnn_filter_id, problem.type, s.filters, s.channels, s.filter_height, s.filter_width));
  parts.push_back(
      make_tensor(cudnn_output_id, problem.type, s.batch, s.filters, s.output_height(), s.output_width()));
  parts.push_back(make_convolution(s));
  CudnnDescriptor operation(names.type);
  operation.set(names.image, parts[0]);
  operation.set(names.filter, parts[1]);
  operation.set(names.output, parts[2]);
  operation.set(names.convolution, parts[3]);
  operation.set(names.alpha, CUDNN_TYPE_FLOAT, 1.0f);
  operation.set(names.beta, CUDNN_TYPE_FLOAT, 0.0f);
  operation.finalize("describing a convolution operation to cuDNN");
  parts.push_back(std::move(operation));
  return parts;
}

}  // namespace cuparity
