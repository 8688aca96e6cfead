// Convolutions on the GPU, by cuDNN's graph API. Bound: FLOP, or bytes where the filter is 1x1 and channels are few. The
// idea is the search of the fastest plan (plan_search.hpp), which then runs by one launch. Reaches on an H200, forward, fp16,
// 3x3_128_128_28: 614.2 TFLOP/s (results/published/2026-11-30-h200-quick).
#include <functional>
#include <memory>
#include <stdexcept>

#include "kernels/convolution/convolution_execution.hpp"
#include "kernels/convolution/convolution_reference.hpp"
#include "kernels/device/context.hpp"
#include "kernels/device/graph.hpp"
#include "kernels/device/memory.hpp"

#ifdef CUPARITY_HAVE_CUDNN
#include "kernels/convolution/cudnn_plan.hpp"
#endif

namespace cuparity {

namespace {

/// Tensors, inputs and verification around any way to compute the convolution.
class CudaConvolution : public Execution {
 public:
  CudaConvolution(device::Context& context, const ConvolutionProblem& problem,
                  const ConvolutionPreparation& preparation)
      : context_(context),
        problem_(problem),
        image_(bytes(problem_.shape.image_elements())),
        filter_(bytes(problem_.shape.filter_elements())),
        output_(bytes(problem_.shape.output_elements())) {
    fill(image_, Pass::backward_data, image_seed);
    fill(filter_, Pass::backward_filter, filter_seed);
    fill(output_, Pass::forward, gradient_seed);
    prepare_comparison();
    if (is_empty(problem_)) return;
    const auto error_after = [this](const std::function<void()>& enqueue) { return compare_after(enqueue).error; };
    prepared_ = preparation(problem_, {image_.data(), filter_.data(), output_.data()}, error_after, context_);
  }

  void run() override {
    if (prepared_.enqueue) {
      prepared_.enqueue();
    } else if (result().bytes() != 0) {
      device::check(cudaMemsetAsync(result().data(), 0, result().bytes(), context_.stream()),
                    "clearing the result of an empty convolution");
    }
  }

  Verification verify() override {
    Verification verification = compare_after([this] { run(); });
    verification.digest = device::digest(result().data(), result().bytes(), context_.stream());
    return verification;
  }

  std::string algorithm() const override { return prepared_.algorithm; }

 private:
  using Tensor = device::Buffer<unsigned char>;

  std::size_t bytes(std::int64_t elements) const {
    return static_cast<std::size_t>(elements) * element_bytes(problem_.type);
  }

  /// Random data, unless the tensor is what `produced_by` computes.
  void fill(const Tensor& tensor, Pass produced_by, std::uint64_t seed) {
    if (problem_.pass == produced_by) {
      device::poison(tensor.data(), tensor.bytes(), context_.stream());
    } else {
      device::fill_convolution_input(tensor.data(), tensor.bytes() / element_bytes(problem_.type),
                                     problem_.type, seed, context_.stream());
    }
  }

  /// The reference is evaluated once, for the plans that are tried and for verify().
  void prepare_comparison() {
    grid_ = sample_grid(problem_);
    reference_ = evaluate_reference(problem_, grid_);
    const std::vector<std::int64_t> indices = element_indices(problem_, grid_);
    indices_ = device::Buffer<std::int64_t>(indices.size());
    gathered_ = device::Buffer<std::uint32_t>(indices.size());
    if (indices.empty()) return;
    device::check(cudaMemcpyAsync(indices_.data(), indices.data(), indices_.bytes(), cudaMemcpyHostToDevice,
                                  context_.stream()),
                  "copying the sampled indices of a convolution to the GPU");
    context_.synchronize("copying the sampled indices of a convolution to the GPU");
  }

  /// Poisons the result, calls `enqueue`, and compares the sample with the reference.
  Verification compare_after(const std::function<void()>& enqueue) {
    device::poison(result().data(), result().bytes(), context_.stream());
    enqueue();
    context_.synchronize("running a convolution");
    return compare_with_reference(problem_, grid_, reference_, sampled_results());
  }

  const Tensor& result() const {
    switch (problem_.pass) {
      case Pass::backward_data: return image_;
      case Pass::backward_filter: return filter_;
      case Pass::forward: break;
    }
    return output_;
  }

  std::vector<std::uint32_t> sampled_results() const {
    device::gather_elements(result().data(), problem_.type, indices_.data(), indices_.size(),
                            gathered_.data(), context_.stream());
    return device::to_host(gathered_.data(), gathered_.size(), context_.stream());
  }

  device::Context& context_;
  ConvolutionProblem problem_;
  Tensor image_, filter_, output_;
  PreparedConvolution prepared_;
  SampleGrid grid_;
  Reference reference_;
  device::Buffer<std::int64_t> indices_;
  device::Buffer<std::uint32_t> gathered_;
};

}  // namespace

std::unique_ptr<Execution> prepare_convolution(const ConvolutionProblem& problem, device::Context& context,
                                               const ConvolutionPreparation& preparation) {
  return std::make_unique<CudaConvolution>(context, problem, preparation);
}

#ifdef CUPARITY_HAVE_CUDNN
namespace {

/// What finding out whether a case is supported has built, kept for preparing it.
struct PlanSource {
  std::shared_ptr<CudnnHandle> handle;
  ConvolutionProblem problem;
  std::optional<CudnnCandidates> candidates;
  std::optional<CudnnPlan> first;

  /// Why there is no plan, or nothing. Throws CudnnError.
  std::optional<std::string> open() {
    if (first) return std::nullopt;
    candidates.emplace(handle->get(), problem);
    first = candidates->next();
    if (!first) return candidates->refusal();
    return std::nullopt;
  }
};

/// The fastest plan of the graph API.
PreparedConvolution prepare_by_plan(PlanSource& source, const PlanSearch& search, const CudnnTensors& tensors,
                                    const ErrorAfter& error_after, device::Context& context) {
  if (const auto reason = source.open()) throw std::runtime_error("preparing a convolution: " + *reason);
  const cudnnHandle_t handle = source.handle->get();
  check_cudnn(cudnnSetStream(handle, context.stream()), "choosing the stream of cuDNN");
  CudnnPlan first = std::move(*source.first);
  source.first.reset();
  const auto executable = std::make_shared<CudnnExecutable>(
      choose_plan(context, handle, *source.candidates, std::move(first), tensors, error_after, search));
  source.candidates.reset();
  return {device::by_one_launch(context.stream(), [executable, handle] { executable->run(handle); }),
          executable->algorithm};
}

std::optional<std::string> unsupported(device::Context& context, PlanSource& source) {
  const ElementType type = source.problem.type;
  if ((type == ElementType::tf32 || type == ElementType::bf16) && context.compute_capability() < 80) {
    return std::string(to_string(type)) + " needs compute capability 8.0, this GPU has " +
           std::to_string(context.compute_capability() / 10) + "." +
           std::to_string(context.compute_capability() % 10);
  }
  if (is_empty(source.problem)) return std::nullopt;
  try {
    return source.open();
  } catch (const CudnnError& error) {
    if (error.refuses()) return error.what();
    return std::nullopt;  // a failure: preparing the case meets and reports it
  }
}

}  // namespace

void use_cudnn(std::vector<Case>& cases, const std::vector<ConvolutionProblem>& problems, PlanSearch search) {
  const auto handle = std::make_shared<CudnnHandle>();
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto source = std::make_shared<PlanSource>();
    source->handle = handle;
    source->problem = problems[i];
    cases[i].unsupported = [source](device::Context* context) { return unsupported(*context, *source); };
    cases[i].prepare = [source, search](device::Context* context) {
      return prepare_convolution(source->problem, *context,
                                 [source, search](const ConvolutionProblem&, const CudnnTensors& tensors,
                                                  const ErrorAfter& error_after, device::Context& same_context) {
                                   return prepare_by_plan(*source, search, tensors, error_after, same_context);
                                 });
    };
  }
}

#else  // CUPARITY_HAVE_CUDNN

void use_cudnn(std::vector<Case>& cases, const std::vector<ConvolutionProblem>&, PlanSearch) {
  for (Case& row : cases) {
    row.unsupported = [](device::Context*) { return std::optional<std::string>("built without cuDNN"); };
    row.prepare = [](device::Context*) -> std::unique_ptr<Execution> {
      throw std::runtime_error("preparing a convolution: built without cuDNN");
    };
  }
}

#endif

}  // namespace cuparity
