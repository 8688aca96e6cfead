#include "validate/access/visibility.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cuparity::validate {
namespace {

using State = Judgement::State;
using testing::ElementsAre;
using testing::HasSubstr;

/// A container that was given GPUs 0 and 1.
Facts two_gpus() {
  return {{"backend", "cuda"},
          {"backend_reason", "it answers"},
          {"container", "docker"},
          {"gpu_uuids", "GPU-a,GPU-b"},
          {"nvml_gpu_count", "2"},
          {"nvml_gpu_uuids", "GPU-b,GPU-a"},
          {"nvidia_device_nodes", "/dev/nvidia0,/dev/nvidia1,/dev/nvidiactl,/dev/nvidia-uvm"},
          {"kernel_driver_version", "580.65.06"},
          {"libcuda_path", "/usr/lib/libcuda.so.580.65.06"},
          {"libnvidia_ml_path", "/usr/lib/libnvidia-ml.so.580.65.06"},
          {"effective_capabilities", "00000000a80425fb"}};
}

Facts with(Facts facts, const std::string& key, const std::string& value) {
  facts[key] = value;
  return facts;
}

Facts without(Facts facts, const std::string& key) {
  facts.erase(key);
  return facts;
}

const std::vector<environment::KernelGpu> kernel_gpus = {{"GPU-a", 0}, {"GPU-b", 1}, {"GPU-c", 2}};

TEST(Visibility, AllAgree) {
  EXPECT_EQ(judge_counts(two_gpus()).state, State::passed);
  EXPECT_EQ(judge_uuids(two_gpus(), kernel_gpus).state, State::passed);
  EXPECT_EQ(judge_library_versions(two_gpus()).state, State::passed);
  EXPECT_EQ(judge_capabilities(two_gpus(), 40).state, State::passed);
}

TEST(Visibility, TheCpuBackendIsSkippedWithItsReason) {
  const Facts facts = {{"backend", "cpu"}, {"backend_reason", "built without CUDA"}, {"container", "none"}};
  for (const Judgement& judgement : {judge_counts(facts), judge_uuids(facts, {})}) {
    EXPECT_EQ(judgement.state, State::skipped);
    EXPECT_THAT(judgement.message, HasSubstr("built without CUDA"));
  }
  EXPECT_EQ(judge_library_versions(facts).state, State::skipped);
  EXPECT_EQ(judge_capabilities(facts, 40).state, State::skipped);
}

TEST(Visibility, AMissingNodeFails) {
  const Judgement judgement =
      judge_counts(with(two_gpus(), "nvidia_device_nodes", "/dev/nvidia0,/dev/nvidiactl"));
  EXPECT_EQ(judgement.state, State::failed);
  EXPECT_EQ(judgement.message, "CUDA shows 2 GPUs, NVML 2, /dev has 1 GPU nodes");
}

TEST(Visibility, NvmlThatShowsMoreFails) {
  EXPECT_EQ(judge_counts(with(two_gpus(), "nvml_gpu_uuids", "GPU-a,GPU-b,GPU-c")).state, State::failed);
  EXPECT_EQ(judge_uuids(with(two_gpus(), "nvml_gpu_uuids", "GPU-a,GPU-c"), kernel_gpus).state, State::failed);
}

TEST(Visibility, CudaMayBeRestrictedByItsVariable) {
  const Facts one = with(two_gpus(), "gpu_uuids", "GPU-a");
  EXPECT_EQ(judge_counts(one).state, State::failed);
  EXPECT_EQ(judge_uuids(one, kernel_gpus).state, State::failed);
  const Facts restricted = with(one, "variable_CUDA_VISIBLE_DEVICES", "0");
  EXPECT_EQ(judge_counts(restricted).state, State::passed);
  EXPECT_EQ(judge_uuids(restricted, kernel_gpus).state, State::passed);
}

TEST(Visibility, NodesOfOtherGpusFail) {
  const std::vector<environment::KernelGpu> swapped = {{"GPU-a", 0}, {"GPU-c", 1}};
  EXPECT_EQ(judge_uuids(two_gpus(), swapped).state, State::failed);
  EXPECT_THAT(node_uuids(two_gpus(), kernel_gpus), ElementsAre("GPU-a", "GPU-b"));
}

TEST(Visibility, NvmlThatDoesNotAnswerIsSaid) {
  Facts facts = without(without(two_gpus(), "nvml_gpu_count"), "nvml_gpu_uuids");
  facts["nvml_failure"] = "libnvidia-ml.so.1 can't be loaded";
  EXPECT_EQ(judge_counts(facts).state, State::skipped);
  EXPECT_THAT(judge_counts(facts).message, HasSubstr("can't be loaded"));
  facts["nvidia_device_nodes"] = "/dev/nvidia0";
  EXPECT_EQ(judge_counts(facts).state, State::failed);
}

TEST(Visibility, MigIsNotCompared) {
  EXPECT_EQ(judge_counts(with(two_gpus(), "mig_mode", "enabled")).state, State::skipped);
}

TEST(Visibility, AnImagesOwnLibraryFails) {
  const Judgement judgement =
      judge_library_versions(with(two_gpus(), "libcuda_path", "/usr/lib/libcuda.so.570.10.01"));
  EXPECT_EQ(judgement.state, State::failed);
  EXPECT_THAT(judgement.message, HasSubstr("580.65.06"));
}

TEST(Visibility, ForwardCompatibilityIsSaid) {
  Facts facts = with(two_gpus(), "libcuda_path", "/usr/local/cuda/compat/libcuda.so.590.10.01");
  EXPECT_EQ(judge_library_versions(facts).state, State::passed);  // libnvidia-ml still agrees
  facts.erase("libnvidia_ml_path");
  EXPECT_EQ(judge_library_versions(facts).state, State::skipped);
  EXPECT_THAT(judge_library_versions(facts).message, HasSubstr("forward-compatibility"));
}

TEST(Visibility, APrivilegedContainerFails) {
  const Facts facts = with(two_gpus(), "effective_capabilities", "000001ffffffffff");
  EXPECT_EQ(judge_capabilities(facts, 40).state, State::failed);
  EXPECT_EQ(judge_capabilities(with(facts, "container", "none"), 40).state, State::skipped);
  EXPECT_EQ(judge_capabilities(facts, -1).state, State::skipped);
  EXPECT_EQ(judge_capabilities(with(facts, "effective_capabilities", "000001fffeffffff"), 40).state,
            State::passed);
}

}  // namespace
}  // namespace cuparity::validate
