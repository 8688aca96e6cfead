#include "kernels/convolution/convolution.hpp"

#include <sstream>
#include <utility>

#include "kernels/convolution/convolution_execution.hpp"

namespace cuparity {
namespace {

constexpr Pass passes[] = {Pass::forward, Pass::backward_data, Pass::backward_filter};

/// A square layer of stride 1 that keeps its height.
ConvolutionShape same_size(std::int64_t batch, std::int64_t filter, std::int64_t channels,
                           std::int64_t filters, std::int64_t height) {
  return {batch, height, height, channels, filters, filter, filter, 1, filter / 2};
}

std::string describe(const ConvolutionShape& shape) {
  std::ostringstream text;
  text << 'n' << shape.batch << '_' << shape.height << 'x' << shape.width << "_c" << shape.channels << "_k"
       << shape.filters << "_filter" << shape.filter_height << 'x' << shape.filter_width << "_stride"
       << shape.stride << "_padding" << shape.padding;
  return text.str();
}

std::vector<ElementType> element_types(Backend backend) {
  if (backend == Backend::cpu) return {ElementType::fp32, ElementType::bf16};
  return {ElementType::fp32, ElementType::tf32, ElementType::fp16, ElementType::bf16};
}

std::vector<Case> make_cases(Backend backend,
                             const std::vector<std::pair<std::string, ConvolutionShape>>& sizes,
                             [[maybe_unused]] PlanSearch search) {
#ifndef CUPARITY_HAVE_CUDA
  if (backend == Backend::cuda) return {};
#endif
  const std::string variant = backend == Backend::cuda ? "cudnn" : "onednn";
  std::vector<Case> cases;
  std::vector<ConvolutionProblem> problems;
  for (const Pass pass : passes) {
    for (const ElementType type : element_types(backend)) {
      for (const auto& [size, shape] : sizes) {
        const ConvolutionProblem problem{shape, pass, type};
        Case row;
        row.name = "convolution/" + variant + "/" + std::string(to_string(pass)) + "/" +
                   std::string(to_string(type)) + "/" + size;
        row.backend = backend;
        row.work = problem.work();
        row.timing = backend == Backend::cuda ? Timing::device_events : Timing::host_clock;
        row.footprint_bytes = problem.footprint_bytes();
        cases.push_back(std::move(row));
        problems.push_back(problem);
      }
    }
  }
  if (backend == Backend::cpu) use_onednn(cases, problems);
#ifdef CUPARITY_HAVE_CUDA
  if (backend == Backend::cuda) use_cudnn(cases, problems, search);
#endif
  return cases;
}

}  // namespace

std::string_view to_string(Pass pass) {
  switch (pass) {
    case Pass::forward: return "forward";
    case Pass::backward_data: return "backward_data";
    case Pass::backward_filter: return "backward_filter";
  }
  return "unknown";
}

std::string_view to_string(ElementType type) {
  switch (type) {
    case ElementType::fp32: return "fp32";
    case ElementType::tf32: return "tf32";
    case ElementType::fp16: return "fp16";
    case ElementType::bf16: return "bf16";
  }
  return "unknown";
}

Work ConvolutionProblem::work() const {
  const double multiply_adds = static_cast<double>(shape.output_elements()) *
                               static_cast<double>(shape.filter_height * shape.filter_width * shape.channels);
  return {static_cast<double>(footprint_bytes()), 2 * multiply_adds};
}

std::int64_t ConvolutionProblem::result_elements() const {
  switch (pass) {
    case Pass::forward: return shape.output_elements();
    case Pass::backward_data: return shape.image_elements();
    case Pass::backward_filter: return shape.filter_elements();
  }
  return 0;
}

std::size_t ConvolutionProblem::footprint_bytes() const {
  return element_bytes(type) *
         static_cast<std::size_t>(shape.image_elements() + shape.filter_elements() + shape.output_elements());
}

std::vector<ConvolutionLayer> convolution_layers(Backend backend) {
  if (backend == Backend::cpu) {
    return {{"3x3_64_64_56", same_size(8, 3, 64, 64, 56)},
            {"1x1_64_256_56", same_size(8, 1, 64, 256, 56)},
            {"3x3_256_256_14", same_size(8, 3, 256, 256, 14)}};
  }
  return {{"3x3_64_64_56", same_size(128, 3, 64, 64, 56)},
          {"3x3_128_128_28", same_size(128, 3, 128, 128, 28)},
          {"3x3_256_256_14", same_size(128, 3, 256, 256, 14)},
          {"3x3_512_512_7", same_size(128, 3, 512, 512, 7)},
          {"1x1_64_256_56", same_size(128, 1, 64, 256, 56)},
          {"1x1_1024_256_14", same_size(128, 1, 1024, 256, 14)},
          {"7x7_3_64_224", {128, 224, 224, 3, 64, 7, 7, 2, 3}},
          {"3x3_512_512_28", same_size(128, 3, 512, 512, 28)}};
}

std::vector<ConvolutionShape> convolution_validation_shapes() {
  return {
      {0, 8, 8, 16, 16, 3, 3, 1, 1},      // empty batch
      {1, 1, 1, 1, 1, 1, 1, 1, 0},        // one multiplication
      {1, 1, 1, 8, 8, 3, 3, 1, 1},        // every tap but one on the padding
      {3, 7, 5, 3, 5, 3, 3, 1, 1},        // everything odd
      {2, 9, 11, 13, 7, 3, 3, 1, 1},      // rows that are not aligned
      {2, 15, 15, 16, 32, 3, 3, 2, 1},    // stride
      {2, 14, 14, 32, 64, 1, 1, 2, 0},    // stride that leaves input pixels without a gradient
      {2, 12, 10, 8, 24, 5, 3, 1, 0},     // no padding, filter not square
      {4, 14, 14, 64, 128, 1, 1, 1, 0},   // a plain matrix product
      {2, 33, 33, 3, 64, 7, 7, 2, 3},     // the first layer, small
      {1, 28, 28, 64, 64, 3, 3, 1, 1},    // batch 1
      {32, 56, 56, 64, 64, 3, 3, 1, 1},   // large
      {9, 14, 14, 256, 264, 3, 3, 1, 1},  // deep, with a ragged last tile
  };
}

std::vector<Case> convolution_bench_cases(Backend backend) {
  std::vector<std::pair<std::string, ConvolutionShape>> sizes;
  for (const ConvolutionLayer& layer : convolution_layers(backend))
    sizes.emplace_back(layer.name, layer.shape);
  return make_cases(backend, sizes, PlanSearch{});
}

std::vector<Case> convolution_validation_cases(Backend backend) {
  std::vector<std::pair<std::string, ConvolutionShape>> sizes;
  for (const ConvolutionShape& shape : convolution_validation_shapes())
    sizes.emplace_back(describe(shape), shape);
  return make_cases(backend, sizes, first_plan);
}

}  // namespace cuparity
