#include "kernels/convolution/cudnn_plan.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <numeric>
#include <stdexcept>

#include "kernels/convolution/cudnn_operation.hpp"
#include "kernels/convolution/plan_search.hpp"
#include "kernels/device/graph.hpp"
#include "kernels/device/time_in_turn.hpp"

namespace cuparity {
namespace {

/// In the order in which they are asked for.
constexpr std::array heuristic_modes = {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_B, CUDNN_HEUR_MODE_FALLBACK};

/// By which a plan must be faster than an earlier one to be taken: less would change the bits from process to process. With the
/// final rounds below, 0.3 % changes the plan of no more rows than 1 % does (results/published/2026-11-30-h200-peers).
constexpr double least_margin = 0.003;
/// Plans that come this close to the fastest are timed once more, that many times: the few rounds of the first comparison
/// scatter by 2 %, 41 rounds by 0.5 %.
constexpr double finalists_share = 0.1;
constexpr int final_rounds = 201;
constexpr double most_final_seconds = 2;
/// Plans that run longer are compared at the clock that each brings about by itself. For shorter ones the GPU spends much time
/// flushing the L2 or waiting for the host, so that it is further from its power limit.
constexpr double least_seconds_to_sustain = 0.5e-3;
/// The short spans come first and scatter by 2 %: those that come this close are timed in the long ones, which scatter by 0.1 %.
constexpr double sustained_share = 0.03;
constexpr device::SustainedSpans long_spans{.seconds = 0.4, .rounds = 3};

/// With fewer accepted plans than this, the next mode is asked too.
constexpr int few_plans = 3;

/// More knobs and numerical notes than any engine has, those of later versions of cuDNN included.
constexpr std::int64_t enumeration_capacity = 64;

/// Descriptors can only be read out into ones that were created before.
CudnnDescriptor engine_of(const CudnnDescriptor& configuration) {
  auto engines =
      configuration.get_descriptors(CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_BACKEND_ENGINE_DESCRIPTOR, 1);
  if (engines.empty()) {
    throw CudnnError(CUDNN_STATUS_INTERNAL_ERROR, "reading the engine of a cuDNN engine configuration");
  }
  return std::move(engines.front());
}

using NumericalNotes = std::vector<cudnnBackendNumericalNote_t>;

bool contains(const NumericalNotes& notes, cudnnBackendNumericalNote_t note) {
  return std::find(notes.begin(), notes.end(), note) != notes.end();
}

std::string describe_algorithm(const CudnnDescriptor& configuration, const CudnnDescriptor& engine,
                               const NumericalNotes& notes) {
  std::string text = "engine " + std::to_string(engine.get_int64(CUDNN_ATTR_ENGINE_GLOBAL_INDEX));
  const auto knobs = configuration.get_descriptors(
      CUDNN_ATTR_ENGINECFG_KNOB_CHOICES, CUDNN_BACKEND_KNOB_CHOICE_DESCRIPTOR, enumeration_capacity);
  const char* separator = ", knobs ";
  for (const CudnnDescriptor& knob : knobs) {
    const auto types =
        knob.get_values<cudnnBackendKnobType_t>(CUDNN_ATTR_KNOB_CHOICE_KNOB_TYPE, CUDNN_TYPE_KNOB_TYPE, 1);
    if (types.empty()) continue;
    text += separator + std::to_string(static_cast<int>(types.front())) + "=" +
            std::to_string(knob.get_int64(CUDNN_ATTR_KNOB_CHOICE_KNOB_VALUE));
    separator = " ";
  }
  if (contains(notes, CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION)) text += ", may sum in less than fp32";
  return text;
}

/// Why an engine with these numerical notes does not compute what was asked for, or nothing.
std::optional<std::string> exclusion(const NumericalNotes& notes, ElementType type) {
  const auto has = [&](cudnnBackendNumericalNote_t note) { return contains(notes, note); };
  if (has(CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC)) return "not deterministic";
  if (has(CUDNN_NUMERICAL_NOTE_FFT)) return "Fourier transform";
  if (has(CUDNN_NUMERICAL_NOTE_WINOGRAD) || has(CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_4x4) ||
      has(CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_6x6) || has(CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_13x13)) {
    return "Winograd transform";
  }
  if (has(CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS)) return "converts the inputs down";
  if (type == ElementType::fp32 && has(CUDNN_NUMERICAL_NOTE_TENSOR_CORE)) return "tensor cores in fp32";
  if (type == ElementType::tf32 && !has(CUDNN_NUMERICAL_NOTE_TENSOR_CORE)) return "no tensor cores in tf32";
  return std::nullopt;
}

CudnnDescriptor make_variant_pack(const CudnnTensors& tensors, void* workspace) {
  CudnnDescriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  void* pointers[] = {tensors.image, tensors.filter, tensors.output};
  pack.set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, 3, pointers);
  pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS,
           std::vector<std::int64_t>{cudnn_image_id, cudnn_filter_id, cudnn_output_id});
  pack.set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, workspace);
  pack.finalize("binding tensors to a cuDNN plan");
  return pack;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The tensors and a workspace for any of several plans: it grows to the largest that was asked for.
class PlanMemory {
 public:
  explicit PlanMemory(const CudnnTensors& tensors)
      : tensors_(tensors), pack_(make_variant_pack(tensors, nullptr)) {}

  void reserve(const CudnnPlan& plan) {
    const auto bytes = static_cast<std::size_t>(plan.workspace_bytes);
    if (bytes <= workspace_.bytes()) return;
    workspace_ = {};  // two at a time may not fit
    workspace_ = device::Buffer<unsigned char>(bytes);
    pack_ = make_variant_pack(tensors_, workspace_.data());
  }
  const CudnnDescriptor& pack() const { return pack_; }

  CudnnExecutable with(CudnnPlan plan, std::string algorithm) && {
    return {std::move(plan), std::move(workspace_), std::move(pack_), std::move(algorithm)};
  }

 private:
  CudnnTensors tensors_;
  device::Buffer<unsigned char> workspace_;
  CudnnDescriptor pack_;
};

/// The plans that are still in question, by their index, with the time that each took last.
class Contenders {
 public:
  using Runs = std::vector<std::function<void(cudaStream_t)>>;

  explicit Contenders(Runs runs) : runs_(std::move(runs)) {
    plans_.resize(runs_.size());
    std::iota(plans_.begin(), plans_.end(), std::size_t{0});
  }

  const Runs& runs() const { return runs_; }
  const std::vector<double>& seconds() const { return seconds_; }
  double fastest_seconds() const { return *std::min_element(seconds_.begin(), seconds_.end()); }
  bool decided() const { return plans_.size() == 1; }
  std::size_t plan(std::size_t contender) const { return plans_[contender]; }

  /// Keeps those within `share` of the fastest. `times` are of runs().
  void keep(const TimesInTurn& times, double share) {
    Contenders kept({});
    for (const std::size_t contender : about_as_fast(times, share)) {
      kept.runs_.push_back(runs_[contender]);
      kept.plans_.push_back(plans_[contender]);
      kept.seconds_.push_back(median_time(times[contender]));
    }
    *this = std::move(kept);
  }

 private:
  Runs runs_;
  std::vector<std::size_t> plans_;
  std::vector<double> seconds_;
};

/// Index of the earliest of the fastest plans. Each has run before.
std::size_t fastest_plan(device::Context& context, cudnnHandle_t handle, const std::vector<CudnnPlan>& plans,
                         const CudnnDescriptor& pack, const PlanSearch& search,
                         std::chrono::steady_clock::time_point started) {
  if (plans.size() == 1) return 0;
  Contenders::Runs runs;  // the handle's stream is the context's
  for (const CudnnPlan& plan : plans) {
    const auto run = device::by_one_launch(context.stream(), [handle, &plan, &pack] {
      check_cudnn(cudnnBackendExecute(handle, plan.plan.get(), pack.get()), "running a candidate cuDNN plan");
    });
    runs.push_back([run](cudaStream_t) { run(); });
  }
  Contenders contenders(std::move(runs));
  device::TimingLimits limits;
  limits.rounds = search.rounds;
  limits.seconds = search.seconds - seconds_since(started);
  limits.give_up = finalists_share;
  limits.host_ahead = true;
  contenders.keep(device::time_in_turn(contenders.runs(), context, limits), finalists_share);
  const bool sustained = contenders.fastest_seconds() >= least_seconds_to_sustain;
  if (sustained && !contenders.decided()) {
    contenders.keep(device::time_sustained(contenders.runs(), contenders.seconds(), context), sustained_share);
  }
  if (contenders.decided()) return contenders.plan(0);
  limits.rounds = final_rounds;
  limits.seconds = most_final_seconds;
  const TimesInTurn times =
      sustained ? device::time_sustained(contenders.runs(), contenders.seconds(), context, long_spans)
                : device::time_in_turn(contenders.runs(), context, limits);
  return contenders.plan(earliest_as_fast(times, least_margin));
}

/// Without counts that depend on how fast this machine was: equal searches must read alike.
std::string describe_choice(const CudnnPlan& plan, const AdmittedPlans<CudnnPlan>& admitted) {
  std::string remarks = admitted.rejected.remark();
  if (admitted.cut_short) remarks += (remarks.empty() ? "" : ", ") + std::string("search stopped by time");
  return remarks.empty() ? plan.algorithm : plan.algorithm + " (" + remarks + ")";
}

}  // namespace

CudnnCandidates::CudnnCandidates(cudnnHandle_t handle, const ConvolutionProblem& problem, PlanBreadth breadth)
    : handle_(handle),
      type_(problem.type),
      breadth_(breadth),
      operands_(make_cudnn_operation(problem)),
      graph_(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR) {
  graph_.set(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, CUDNN_TYPE_HANDLE, handle_);
  graph_.set(CUDNN_ATTR_OPERATIONGRAPH_OPS, operands_.back());
  graph_.finalize("building a cuDNN operation graph");
}

bool CudnnCandidates::next_list() {
  const bool everything = breadth_ == PlanBreadth::everything;
  position_ = 0;
  configurations_.clear();
  if (lists_ < heuristic_modes.size() && (everything || accepted_ < few_plans)) query(heuristic_modes[lists_]);
  else if (lists_ == heuristic_modes.size() && everything) enumerate_engines();
  else return false;
  ++lists_;
  return true;
}

void CudnnCandidates::query(cudnnBackendHeurMode_t mode) {
  try {
    CudnnDescriptor heuristics(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
    heuristics.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph_);
    heuristics.set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, mode);
    heuristics.finalize("asking cuDNN's heuristics");
    configurations_ =
        heuristics.get_descriptors(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR,
                                   heuristics.count_descriptors(CUDNN_ATTR_ENGINEHEUR_RESULTS));
  } catch (const CudnnError& error) {
    if (!error.refuses()) failure_ = error;
    ++excluded_[error.what()];
  }
}

/// Engines that do not take the operation refuse to be described.
void CudnnCandidates::enumerate_engines() {
  const std::int64_t engines = graph_.get_int64(CUDNN_ATTR_OPERATIONGRAPH_ENGINE_GLOBAL_COUNT);
  for (std::int64_t index = 0; index < engines; ++index) {
    try {
      CudnnDescriptor engine(CUDNN_BACKEND_ENGINE_DESCRIPTOR);
      engine.set(CUDNN_ATTR_ENGINE_OPERATION_GRAPH, graph_);
      engine.set(CUDNN_ATTR_ENGINE_GLOBAL_INDEX, index);
      engine.finalize("describing an engine of cuDNN");
      CudnnDescriptor configuration(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
      configuration.set(CUDNN_ATTR_ENGINECFG_ENGINE, engine);
      configuration.finalize("configuring an engine of cuDNN");
      configurations_.push_back(std::move(configuration));
    } catch (const CudnnError& error) {
      ++excluded_[error.what()];
    }
  }
}

std::optional<CudnnPlan> CudnnCandidates::build(CudnnDescriptor configuration, std::string algorithm) {
  try {
    CudnnDescriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
    plan.set(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, CUDNN_TYPE_HANDLE, handle_);
    plan.set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, configuration);
    plan.finalize("building a cuDNN plan");
    const std::int64_t workspace = plan.get_int64(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE);
    if (workspace > workspace_limit_bytes) {
      ++excluded_["needs more than 1 GiB of workspace"];
      return std::nullopt;
    }
    return CudnnPlan{std::move(configuration), std::move(plan), workspace, std::move(algorithm)};
  } catch (const CudnnError& error) {
    if (!error.refuses()) failure_ = error;
    ++excluded_[error.what()];
    return std::nullopt;
  }
}

std::optional<CudnnPlan> CudnnCandidates::next() {
  for (;;) {
    while (position_ < configurations_.size()) {
      CudnnDescriptor configuration = std::move(configurations_[position_++]);
      const CudnnDescriptor engine = engine_of(configuration);
      const auto notes = engine.get_values<cudnnBackendNumericalNote_t>(
          CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE, enumeration_capacity);
      std::string algorithm = describe_algorithm(configuration, engine, notes);
      if (!seen_.insert(algorithm).second) continue;
      if (const auto reason = exclusion(notes, type_)) {
        ++excluded_[*reason];
        if (breadth_ != PlanBreadth::everything) continue;
        algorithm += " (not for our rows: " + *reason + ")";
      }
      if (auto plan = build(std::move(configuration), std::move(algorithm))) {
        ++accepted_;
        return plan;
      }
    }
    if (!next_list()) return std::nullopt;
  }
}

std::string CudnnCandidates::refusal() const {
  if (failure_) throw *failure_;
  if (excluded_.empty()) return "cuDNN offers no engine for this convolution";
  std::string text = "cuDNN has no deterministic plan of the type asked for within 1 GiB of workspace (";
  const char* separator = "";
  for (const auto& [reason, count] : excluded_) {
    text += separator + std::to_string(count) + " x " + reason;
    separator = ", ";
  }
  return text + ")";
}

void CudnnExecutable::run(cudnnHandle_t handle) const {
  check_cudnn(cudnnBackendExecute(handle, plan.plan.get(), variant_pack.get()), "running a cuDNN plan");
}

CudnnExecutable choose_plan(device::Context& context, cudnnHandle_t handle, CudnnCandidates& candidates,
                            CudnnPlan first, const CudnnTensors& tensors, const ErrorAfter& error_after,
                            const PlanSearch& search) {
  const auto started = std::chrono::steady_clock::now();
  PlanMemory memory(tensors);
  std::optional<CudnnError> failure;
  const auto error_of = [&](const CudnnPlan& plan) -> std::optional<double> {
    memory.reserve(plan);
    try {
      const double error = error_after([&] {
        check_cudnn(cudnnBackendExecute(handle, plan.plan.get(), memory.pack().get()),
                    ("running cuDNN's " + plan.algorithm).c_str());
      });
      if (!(error <= 1)) candidates.withdraw_latest();
      return error;
    } catch (const CudnnError& refused) {
      failure = refused;
      candidates.withdraw_latest();
      return std::nullopt;
    }
  };
  AdmittedPlans<CudnnPlan> admitted = admit_plans(
      std::move(first), [&] { return candidates.next(); }, error_of, [&] { return seconds_since(started); },
      search);
  if (admitted.plans.empty()) {
    if (admitted.rejected.count == 0 && failure) throw *failure;
    throw std::runtime_error("choosing a cuDNN plan: " + admitted.rejected.failure());
  }
  CudnnPlan& best = admitted.plans[fastest_plan(context, handle, admitted.plans, memory.pack(), search, started)];
  std::string algorithm = describe_choice(best, admitted);
  return std::move(memory).with(std::move(best), std::move(algorithm));
}

}  // namespace cuparity
