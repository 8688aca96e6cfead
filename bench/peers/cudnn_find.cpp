// Convolutions by cuDNN's older interface, with the best algorithm that its cudnnFind...AlgorithmEx finds. The rules are
// those of our rows (cudnn_plan.hpp): deterministic, no Winograd or Fourier transform, 1 GiB of workspace, a result
// within the bound. find times each algorithm once, so those that are left are timed again, in turn. A call takes up to
// 0.2 ms of the host, which is not ahead of the GPU by as much: each algorithm is captured, and run by a single launch.
#include <cudnn.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/peers/peer.hpp"
#include "kernels/convolution/convolution_execution.hpp"
#include "kernels/convolution/cudnn_descriptor.hpp"
#include "kernels/convolution/cudnn_operation.hpp"
#include "kernels/convolution/cudnn_plan.hpp"
#include "kernels/device/graph.hpp"
#include "kernels/device/time_in_turn.hpp"

namespace cuparity {
namespace {

constexpr int most_algorithms = 16;  // more than any pass has, each with every math type

/// An algorithm by the number it has in its pass's enumeration.
struct FoundAlgorithm {
  int number = 0;
  cudnnMathType_t math = CUDNN_DEFAULT_MATH;
  std::size_t workspace_bytes = 0;
};

/// Creates a descriptor with `create` and destroys it with `destroy`.
template <typename Descriptor>
class Owned {
 public:
  Owned(cudnnStatus_t (*create)(Descriptor*), cudnnStatus_t (*destroy)(Descriptor)) : destroy_(destroy) {
    check_cudnn(create(&descriptor_), "creating a cuDNN descriptor");
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() { destroy_(descriptor_); }
  Descriptor get() const { return descriptor_; }

 private:
  cudnnStatus_t (*destroy_)(Descriptor);
  Descriptor descriptor_ = nullptr;
};

/// For fp32, tensor cores would mean tf32.
cudnnMathType_t math_type(ElementType type) {
  return type == ElementType::fp32 ? CUDNN_FMA_MATH : CUDNN_TENSOR_OP_MATH;
}

bool transforms(Pass pass, int number) {
  switch (pass) {
    case Pass::forward:
      return number == CUDNN_CONVOLUTION_FWD_ALGO_FFT || number == CUDNN_CONVOLUTION_FWD_ALGO_FFT_TILING ||
             number == CUDNN_CONVOLUTION_FWD_ALGO_WINOGRAD || number == CUDNN_CONVOLUTION_FWD_ALGO_WINOGRAD_NONFUSED;
    case Pass::backward_data:
      return number == CUDNN_CONVOLUTION_BWD_DATA_ALGO_FFT || number == CUDNN_CONVOLUTION_BWD_DATA_ALGO_FFT_TILING ||
             number == CUDNN_CONVOLUTION_BWD_DATA_ALGO_WINOGRAD ||
             number == CUDNN_CONVOLUTION_BWD_DATA_ALGO_WINOGRAD_NONFUSED;
    case Pass::backward_filter:
      return number == CUDNN_CONVOLUTION_BWD_FILTER_ALGO_FFT ||
             number == CUDNN_CONVOLUTION_BWD_FILTER_ALGO_FFT_TILING ||
             number == CUDNN_CONVOLUTION_BWD_FILTER_ALGO_WINOGRAD ||
             number == CUDNN_CONVOLUTION_BWD_FILTER_ALGO_WINOGRAD_NONFUSED;
  }
  return true;
}

/// A convolution on fixed tensors as the older interface describes it.
class FindConvolution {
 public:
  FindConvolution(const ConvolutionProblem& problem, const CudnnTensors& tensors, cudaStream_t stream)
      : problem_(problem), tensors_(tensors) {
    const auto size = [](std::int64_t value) { return static_cast<int>(value); };
    const ConvolutionShape& s = problem.shape;
    const cudnnDataType_t type = cudnn_data_type(problem.type);
    check_cudnn(cudnnSetStream(handle_.get(), stream), "choosing the stream of cuDNN");
    check_cudnn(cudnnSetTensor4dDescriptor(image_.get(), CUDNN_TENSOR_NHWC, type, size(s.batch), size(s.channels),
                                           size(s.height), size(s.width)),
                "describing an image to cuDNN");
    check_cudnn(cudnnSetTensor4dDescriptor(output_.get(), CUDNN_TENSOR_NHWC, type, size(s.batch), size(s.filters),
                                           size(s.output_height()), size(s.output_width())),
                "describing an output to cuDNN");
    check_cudnn(cudnnSetFilter4dDescriptor(filter_.get(), type, CUDNN_TENSOR_NHWC, size(s.filters), size(s.channels),
                                           size(s.filter_height), size(s.filter_width)),
                "describing a filter to cuDNN");
    check_cudnn(cudnnSetConvolution2dDescriptor(convolution_.get(), size(s.padding), size(s.padding), size(s.stride),
                                                size(s.stride), 1, 1, CUDNN_CROSS_CORRELATION, CUDNN_DATA_FLOAT),
                "describing a convolution to cuDNN");
    set_math(math_type(problem.type));
  }

  /// Those that follow the rules, fastest first by one run each.
  std::vector<FoundAlgorithm> find() {
    switch (problem_.pass) {
      case Pass::forward:
        return found<cudnnConvolutionFwdAlgoPerf_t>([this](int* count, cudnnConvolutionFwdAlgoPerf_t* results) {
          return cudnnFindConvolutionForwardAlgorithmEx(
              handle_.get(), image_.get(), tensors_.image, filter_.get(), tensors_.filter, convolution_.get(),
              output_.get(), tensors_.output, most_algorithms, count, results, workspace_.data(), workspace_.bytes());
        });
      case Pass::backward_data:
        return found<cudnnConvolutionBwdDataAlgoPerf_t>([this](int* count, cudnnConvolutionBwdDataAlgoPerf_t* results) {
          return cudnnFindConvolutionBackwardDataAlgorithmEx(
              handle_.get(), filter_.get(), tensors_.filter, output_.get(), tensors_.output, convolution_.get(),
              image_.get(), tensors_.image, most_algorithms, count, results, workspace_.data(), workspace_.bytes());
        });
      case Pass::backward_filter: break;
    }
    return found<cudnnConvolutionBwdFilterAlgoPerf_t>(
        [this](int* count, cudnnConvolutionBwdFilterAlgoPerf_t* results) {
          return cudnnFindConvolutionBackwardFilterAlgorithmEx(
              handle_.get(), image_.get(), tensors_.image, output_.get(), tensors_.output, convolution_.get(),
              filter_.get(), tensors_.filter, most_algorithms, count, results, workspace_.data(), workspace_.bytes());
        });
  }

  void run(const FoundAlgorithm& algorithm) {
    const float one = 1, zero = 0;
    set_math(algorithm.math);
    cudnnStatus_t status = CUDNN_STATUS_SUCCESS;
    switch (problem_.pass) {
      case Pass::forward:
        status = cudnnConvolutionForward(handle_.get(), &one, image_.get(), tensors_.image, filter_.get(),
                                         tensors_.filter, convolution_.get(),
                                         static_cast<cudnnConvolutionFwdAlgo_t>(algorithm.number), workspace_.data(),
                                         workspace_.bytes(), &zero, output_.get(), tensors_.output);
        break;
      case Pass::backward_data:
        status = cudnnConvolutionBackwardData(handle_.get(), &one, filter_.get(), tensors_.filter, output_.get(),
                                              tensors_.output, convolution_.get(),
                                              static_cast<cudnnConvolutionBwdDataAlgo_t>(algorithm.number),
                                              workspace_.data(), workspace_.bytes(), &zero, image_.get(),
                                              tensors_.image);
        break;
      case Pass::backward_filter:
        status = cudnnConvolutionBackwardFilter(handle_.get(), &one, image_.get(), tensors_.image, output_.get(),
                                                tensors_.output, convolution_.get(),
                                                static_cast<cudnnConvolutionBwdFilterAlgo_t>(algorithm.number),
                                                workspace_.data(), workspace_.bytes(), &zero, filter_.get(),
                                                tensors_.filter);
        break;
    }
    check_cudnn(status, "running a convolution of cuDNN's older interface");
  }

 private:
  void set_math(cudnnMathType_t math) {
    check_cudnn(cudnnSetConvolutionMathType(convolution_.get(), math), "choosing the arithmetic of cuDNN");
  }

  template <typename Performance, typename Find>
  std::vector<FoundAlgorithm> found(const Find& find_algorithms) {
    Performance results[most_algorithms] = {};
    int count = 0;
    check_cudnn(find_algorithms(&count, results), "looking for the algorithms of cuDNN's older interface");
    std::vector<FoundAlgorithm> algorithms;
    for (int i = 0; i < count; ++i) {
      const Performance& result = results[i];
      if (result.status != CUDNN_STATUS_SUCCESS || result.determinism != CUDNN_DETERMINISTIC) continue;
      if (transforms(problem_.pass, result.algo)) continue;
      if (problem_.type == ElementType::fp32 && result.mathType != CUDNN_FMA_MATH) continue;
      algorithms.push_back({static_cast<int>(result.algo), result.mathType, result.memory});
    }
    return algorithms;
  }

  ConvolutionProblem problem_;
  CudnnTensors tensors_;
  CudnnHandle handle_;
  Owned<cudnnTensorDescriptor_t> image_{cudnnCreateTensorDescriptor, cudnnDestroyTensorDescriptor};
  Owned<cudnnTensorDescriptor_t> output_{cudnnCreateTensorDescriptor, cudnnDestroyTensorDescriptor};
  Owned<cudnnFilterDescriptor_t> filter_{cudnnCreateFilterDescriptor, cudnnDestroyFilterDescriptor};
  Owned<cudnnConvolutionDescriptor_t> convolution_{cudnnCreateConvolutionDescriptor,
                                                   cudnnDestroyConvolutionDescriptor};
  device::Buffer<unsigned char> workspace_{CudnnCandidates::workspace_limit_bytes};
};

PreparedConvolution prepare_by_find(const ConvolutionProblem& problem, const CudnnTensors& tensors,
                                    const ErrorAfter& error_after, device::Context& context) {
  const auto convolution = std::make_shared<FindConvolution>(problem, tensors, context.stream());
  const std::vector<FoundAlgorithm> found = convolution->find();
  context.synchronize("looking for the algorithms of cuDNN's older interface");
  std::vector<FoundAlgorithm> right;  // a wrong result is not timed
  for (const FoundAlgorithm& algorithm : found)
    if (error_after([&] { convolution->run(algorithm); }) <= 1) right.push_back(algorithm);
  if (right.empty())
    throw std::runtime_error("looking for the algorithms of cuDNN's older interface: none of " +
                             std::to_string(found.size()) + " gives a result within the bound");
  std::vector<std::function<void(cudaStream_t)>> candidates;
  for (const FoundAlgorithm& algorithm : right) {
    const auto graph = std::make_shared<const device::Graph>(context.stream(), [&] { convolution->run(algorithm); });
    candidates.push_back([graph](cudaStream_t stream) { graph->launch(stream); });
  }
  device::TimingLimits limits;
  limits.rounds = 21;
  limits.seconds = 1;
  limits.give_up = 0.2;
  limits.host_ahead = true;
  const std::size_t chosen = fastest(time_in_turn(candidates, context, limits));
  const FoundAlgorithm best = right[chosen];
  return {[convolution, run = candidates[chosen], stream = context.stream()] { run(stream); },
          "cuDNN v7, algorithm " + std::to_string(best.number) + ", math " + std::to_string(best.math) + " (" +
              std::to_string(chosen + 1) + " of " + std::to_string(right.size()) + ")"};
}

/// The problem of a row "convolution/cudnn/PASS/TYPE/LAYER".
ConvolutionProblem problem_of(const Case& row) {
  for (const Pass pass : {Pass::forward, Pass::backward_data, Pass::backward_filter})
    for (const ElementType type : {ElementType::fp32, ElementType::tf32, ElementType::fp16, ElementType::bf16})
      for (const ConvolutionLayer& layer : convolution_layers(Backend::cuda)) {
        std::string name = "convolution/cudnn/";
        name.append(to_string(pass)).append("/").append(to_string(type)).append("/").append(layer.name);
        if (name == row.name) return {layer.shape, pass, type};
      }
  throw std::logic_error(row.name + " is no convolution of our list");
}

}  // namespace

std::vector<Case> cudnn_find_cases(const std::vector<Case>& ours) {
  return taken_over(ours, "convolution/cudnn/.*", [](const Case& row, device::Context* context) {
    return prepare_convolution(problem_of(row), *context, prepare_by_find);
  });
}

}  // namespace cuparity
