// Convolutions on the CPU, by oneDNN 2 or 3.
#include <memory>
#include <stdexcept>

#include "kernels/convolution/convolution_execution.hpp"
#include "kernels/convolution/convolution_reference.hpp"
#include "kernels/digest.hpp"
#include "kernels/host/threads.hpp"

#ifdef CUPARITY_HAVE_ONEDNN
#include <omp.h>

#include <dnnl.hpp>
#endif

namespace cuparity {

#ifdef CUPARITY_HAVE_ONEDNN
namespace {

using dnnl::memory;

/// A primitive whose tensors have the layouts that the library likes best.
struct HostPrimitive {
  dnnl::primitive primitive;
  memory::desc image, filter, output;
  std::string implementation;
};

memory::data_type data_type(ElementType type) {
  return type == ElementType::bf16 ? memory::data_type::bf16 : memory::data_type::f32;
}

/// Dimensions in the library's order, which does not depend on the layout.
struct Dimensions {
  memory::dims image, filter, output;

  explicit Dimensions(const ConvolutionShape& s)
      : image{s.batch, s.channels, s.height, s.width},
        filter{s.filters, s.channels, s.filter_height, s.filter_width},
        output{s.batch, s.filters, s.output_height(), s.output_width()} {}
};

/// The arguments that all three passes share.
struct Description {
  memory::desc image, filter, output;
  memory::dims strides, paddings;
  dnnl::primitive_attr attributes;

  explicit Description(const ConvolutionProblem& problem) {
    const Dimensions dimensions(problem.shape);
    const auto any = memory::format_tag::any;
    image = {dimensions.image, data_type(problem.type), any};
    filter = {dimensions.filter, data_type(problem.type), any};
    output = {dimensions.output, data_type(problem.type), any};
    strides = {problem.shape.stride, problem.shape.stride};
    paddings = {problem.shape.padding, problem.shape.padding};
    // fp32 must not become bf16, whatever the environment's default says.
    attributes.set_fpmath_mode(dnnl::fpmath_mode::strict);
  }
};

// Direct, not automatic: the Winograd algorithm has a larger error than the reference's bound.
constexpr auto direct = dnnl::algorithm::convolution_direct;

dnnl::convolution_forward::primitive_desc describe_forward(const Description& d, const dnnl::engine& engine) {
  constexpr auto training = dnnl::prop_kind::forward_training;
#if DNNL_VERSION_MAJOR >= 3
  return {engine,   training,  direct,     d.image,    d.filter,
          d.output, d.strides, d.paddings, d.paddings, d.attributes};
#else
  return {{training, direct, d.image, d.filter, d.output, d.strides, d.paddings, d.paddings},
          d.attributes,
          engine};
#endif
}

/// Backward: dnnl::convolution_backward_data or _weights.
template <typename Backward>
typename Backward::primitive_desc describe_backward(const Description& d, const dnnl::engine& engine) {
  const auto forward = describe_forward(d, engine);
#if DNNL_VERSION_MAJOR >= 3
  return {engine,    direct,     d.image,    d.filter, d.output,
          d.strides, d.paddings, d.paddings, forward,  d.attributes};
#else
  return {{direct, d.image, d.filter, d.output, d.strides, d.paddings, d.paddings},
          d.attributes,
          engine,
          forward};
#endif
}

HostPrimitive make_primitive(const ConvolutionProblem& problem, const dnnl::engine& engine) {
  const Description description(problem);
  switch (problem.pass) {
    case Pass::backward_data: {
      const auto d = describe_backward<dnnl::convolution_backward_data>(description, engine);
      return {dnnl::convolution_backward_data(d), d.diff_src_desc(), d.weights_desc(), d.diff_dst_desc(),
              d.impl_info_str()};
    }
    case Pass::backward_filter: {
      const auto d = describe_backward<dnnl::convolution_backward_weights>(description, engine);
      return {dnnl::convolution_backward_weights(d), d.src_desc(), d.diff_weights_desc(), d.diff_dst_desc(),
              d.impl_info_str()};
    }
    case Pass::forward: break;
  }
  const auto d = describe_forward(description, engine);
  return {dnnl::convolution_forward(d), d.src_desc(), d.weights_desc(), d.dst_desc(), d.impl_info_str()};
}

/// Why oneDNN does not run the problem on this processor, or nothing.
std::optional<std::string> unsupported(const ConvolutionProblem& problem) {
  if (is_empty(problem)) return std::nullopt;
  try {
    const HostPrimitive primitive = make_primitive(problem, dnnl::engine(dnnl::engine::kind::cpu, 0));
    // An unoptimised loop nest says nothing of the machine. Single elements are fine with it.
    if (problem.type == ElementType::bf16 && primitive.implementation.rfind("ref", 0) == 0) {
      return "oneDNN has no optimised bf16 convolution for this processor, only " + primitive.implementation;
    }
    return std::nullopt;
  } catch (const dnnl::error& error) {
    if (error.status == dnnl_unimplemented) {
      return "oneDNN does not implement this convolution in " + std::string(to_string(problem.type)) +
             " on this processor";
    }
    return std::nullopt;  // a failure: preparing the case meets and reports it
  }
}

class OnednnExecution : public Execution {
 public:
  explicit OnednnExecution(const ConvolutionProblem& problem)
      : problem_(problem), engine_(dnnl::engine::kind::cpu, 0), stream_(engine_) {
    if (is_empty(problem_)) return;
    primitive_ = make_primitive(problem_, engine_);
    const auto nhwc = memory::format_tag::nhwc;
    const Dimensions dimensions(problem_.shape);
    image_ = place({dimensions.image, data_type(problem_.type), nhwc}, primitive_.image, Pass::backward_data,
                   image_seed);
    filter_ = place({dimensions.filter, data_type(problem_.type), memory::format_tag::ohwi},
                    primitive_.filter, Pass::backward_filter, filter_seed);
    output_ = place({dimensions.output, data_type(problem_.type), nhwc}, primitive_.output, Pass::forward,
                    gradient_seed);
    switch (problem_.pass) {
      case Pass::forward:
        arguments_ = {{DNNL_ARG_SRC, image_}, {DNNL_ARG_WEIGHTS, filter_}, {DNNL_ARG_DST, output_}};
        break;
      case Pass::backward_data:
        arguments_ = {{DNNL_ARG_DIFF_DST, output_}, {DNNL_ARG_WEIGHTS, filter_}, {DNNL_ARG_DIFF_SRC, image_}};
        break;
      case Pass::backward_filter:
        arguments_ = {{DNNL_ARG_SRC, image_}, {DNNL_ARG_DIFF_DST, output_}, {DNNL_ARG_DIFF_WEIGHTS, filter_}};
        break;
    }
  }

  void run() override {
    if (is_empty(problem_)) return;
    try {
      primitive_.primitive.execute(stream_, arguments_);
      stream_.wait();
    } catch (const dnnl::error& error) {
      throw std::runtime_error(std::string("running a convolution in oneDNN: ") + error.what());
    }
  }

  Verification verify() override {
    const std::vector<unsigned char> bytes = computed_result();
    if (!reference_) {
      grid_ = sample_grid(problem_);
      reference_ = evaluate_reference(problem_, grid_);
    }
    std::vector<std::uint32_t> sampled;
    for (const std::int64_t index : element_indices(problem_, grid_)) {
      const std::size_t width = element_bytes(problem_.type);
      std::uint32_t bits = 0;  // little-endian, as oneDNN's processors that have a bf16 are
      std::memcpy(&bits, &bytes[static_cast<std::size_t>(index) * width], width);
      sampled.push_back(bits);
    }
    Verification verification = compare_with_reference(problem_, grid_, *reference_, sampled);
    verification.digest = digest_bytes(bytes.data(), bytes.size());
    return verification;
  }

  std::string algorithm() const override { return with_threads(primitive_.implementation, omp_get_max_threads()); }

 private:
  /// Memory in the layout `preferred`: random data reordered from `plain`, but for the result.
  memory place(const memory::desc& plain, const memory::desc& preferred, Pass produced_by,
               std::uint64_t seed) {
    memory placed(preferred, engine_);
    if (problem_.pass == produced_by) {
      plain_result_ = plain;
      result_ = placed;
      return placed;
    }
    memory source(plain, engine_);
    fill(source, seed);
    dnnl::reorder(source, placed).execute(stream_, source, placed);
    stream_.wait();
    return placed;
  }

  void fill(const memory& tensor, std::uint64_t seed) const {
    const ElementFormat format = stored_format(problem_.type);
    const std::size_t width = element_bytes(problem_.type);
    auto* bytes = static_cast<unsigned char*>(tensor.get_data_handle());
    const auto elements = static_cast<std::int64_t>(tensor.get_desc().get_size() / width);
#pragma omp parallel for schedule(static)
    for (std::int64_t i = 0; i < elements; ++i) {
      const std::uint32_t bits = random_element_bits(format, seed, static_cast<std::uint64_t>(i));
      std::memcpy(bytes + static_cast<std::size_t>(i) * width, &bits, width);
    }
  }

  /// Runs once into a poisoned result and returns it in NHWC or KRSC.
  std::vector<unsigned char> computed_result() {
    std::vector<unsigned char> bytes(static_cast<std::size_t>(problem_.result_elements()) *
                                     element_bytes(problem_.type));
    if (is_empty(problem_)) return bytes;  // a sum of nothing is zero
    std::memset(result_.get_data_handle(), 0xff, result_.get_desc().get_size());
    run();
    memory plain(plain_result_, engine_, bytes.data());
    dnnl::reorder(result_, plain).execute(stream_, result_, plain);
    stream_.wait();
    return bytes;
  }

  ConvolutionProblem problem_;
  dnnl::engine engine_;
  dnnl::stream stream_;
  HostPrimitive primitive_;
  memory image_, filter_, output_;
  memory result_;              ///< one of the three
  memory::desc plain_result_;  ///< its NHWC or KRSC layout
  std::unordered_map<int, memory> arguments_;
  SampleGrid grid_;
  std::optional<Reference> reference_;
};

}  // namespace

void use_onednn(std::vector<Case>& cases, const std::vector<ConvolutionProblem>& problems) {
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const ConvolutionProblem problem = problems[i];
    cases[i].unsupported = [problem](device::Context*) { return unsupported(problem); };
    cases[i].prepare = [problem](device::Context*) -> std::unique_ptr<Execution> {
      try {
        return std::make_unique<OnednnExecution>(problem);
      } catch (const dnnl::error& error) {
        throw std::runtime_error(std::string("preparing a convolution in oneDNN: ") + error.what());
      }
    };
  }
}

#else  // CUPARITY_HAVE_ONEDNN

void use_onednn(std::vector<Case>& cases, const std::vector<ConvolutionProblem>&) {
  for (Case& row : cases) {
    row.unsupported = [](device::Context*) { return std::optional<std::string>("built without oneDNN"); };
    row.prepare = [](device::Context*) -> std::unique_ptr<Execution> {
      throw std::runtime_error("preparing a convolution: built without oneDNN");
    };
  }
}

#endif

}  // namespace cuparity
