// Convolutions of ResNet-50's layers: cuDNN on the GPU, oneDNN on the CPU, forward and both gradients.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/convolution/convolution_inputs.hpp"
#include "kernels/workload.hpp"

namespace cuparity {

/// A two-dimensional cross-correlation, as the deep-learning libraries call convolution, with the same
/// stride and zero padding in both directions. Images are NHWC, filters KRSC, both densely packed.
struct ConvolutionShape {
  std::int64_t batch = 0;          ///< N
  std::int64_t height = 0;         ///< H, of the input
  std::int64_t width = 0;          ///< W, of the input
  std::int64_t channels = 0;       ///< C, of the input
  std::int64_t filters = 0;        ///< K, channels of the output
  std::int64_t filter_height = 0;  ///< R
  std::int64_t filter_width = 0;   ///< S
  std::int64_t stride = 1;
  std::int64_t padding = 0;

  std::int64_t output_height() const { return (height + 2 * padding - filter_height) / stride + 1; }
  std::int64_t output_width() const { return (width + 2 * padding - filter_width) / stride + 1; }
  std::int64_t image_elements() const { return batch * height * width * channels; }
  std::int64_t filter_elements() const { return filters * filter_height * filter_width * channels; }
  std::int64_t output_elements() const { return batch * output_height() * output_width() * filters; }
};

/// What is computed from what: y from (x, w), dx from (dy, w), dw from (x, dy).
enum class Pass { forward, backward_data, backward_filter };

std::string_view to_string(Pass pass);
std::string_view to_string(ElementType type);

struct ConvolutionProblem {
  ConvolutionShape shape;
  Pass pass = Pass::forward;
  ElementType type = ElementType::fp32;

  /// Multiply-adds count two; taps that fall on the padding are counted, as the field does. Bytes: each
  /// tensor once.
  Work work() const;
  std::int64_t result_elements() const;
  std::size_t footprint_bytes() const;
};

/// A layer of ResNet-50 under its row name, e.g. "3x3_64_64_56": filter, C, K, input height. Every layer
/// keeps the height (padding = R / 2), but for the 7x7 layer, which has stride 2.
struct ConvolutionLayer {
  std::string_view name;
  ConvolutionShape shape;
};

/// The layers that are timed. `batch` is 128 on the GPU and 8 on the CPU.
std::vector<ConvolutionLayer> convolution_layers(Backend backend);

/// Shapes that are only verified: empty, single element, odd, strided, unpadded, large.
std::vector<ConvolutionShape> convolution_validation_shapes();

/// FLOP/s count the three channels of the 7x7 layer as three: nothing is padded by us.
std::vector<Case> convolution_bench_cases(Backend backend);
std::vector<Case> convolution_validation_cases(Backend backend);

}  // namespace cuparity
