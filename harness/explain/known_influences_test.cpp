#include "harness/explain/known_influences.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <string>

namespace cuparity {
namespace {

TEST(KnownInfluences, EachIsWhole) {
  for (const KnownInfluence& influence : known_influences()) {
    EXPECT_NO_THROW(std::regex(influence.key)) << influence.key;
    EXPECT_NO_THROW(std::regex(influence.on_cpu)) << influence.key;
    EXPECT_NO_THROW(std::regex(influence.on_cuda)) << influence.key;
    EXPECT_TRUE(*influence.on_cpu != '\0' || *influence.on_cuda != '\0') << influence.key << " moves nothing";
    EXPECT_GE(influence.strength, 1) << influence.key;
    EXPECT_LE(influence.strength, 3) << influence.key;
    for (const char* text : {influence.effect, influence.experiment, influence.source})
      EXPECT_FALSE(std::string(text).empty()) << influence.key;
  }
}

TEST(KnownInfluences, NoneIsExpectedOfAnyContainer) {
  for (const KnownInfluence& influence : known_influences()) {
    for (const ExpectedDifference& expected : expected_differences()) {
      // Keys that are a plain word are compared as such; patterns by hand.
      const bool plain = std::string(influence.key).find_first_of("|()*") == std::string::npos;
      if (!plain) continue;
      EXPECT_FALSE(std::regex_match(influence.key, std::regex(expected.key))) << influence.key;
    }
  }
}

bool moves(const std::string& key, const std::string& benchmark, const char* KnownInfluence::*backend) {
  for (const KnownInfluence& influence : known_influences()) {
    const std::string pattern = influence.*backend;
    if (std::regex_match(key, std::regex(influence.key)) && !pattern.empty() &&
        std::regex_search(benchmark, std::regex(pattern)))
      return true;
  }
  return false;
}

bool moves_on_cpu(const std::string& key, const std::string& benchmark) {
  return moves(key, benchmark, &KnownInfluence::on_cpu);
}

bool moves_on_cuda(const std::string& key, const std::string& benchmark) {
  return moves(key, benchmark, &KnownInfluence::on_cuda);
}

TEST(KnownInfluences, TheNumberOfThreadsMovesANewWorkload) {
  for (const char* key : {"threads", "variable_OMP_NUM_THREADS", "cpus_allowed"})
    EXPECT_TRUE(moves_on_cpu(key, "histogram/own/fp32/1024")) << key;
  EXPECT_FALSE(moves_on_cpu("threads", "launch/system_call"));
}

TEST(KnownInfluences, TheGpusClocksMoveANewWorkload) {
  for (const char* key : {"sm_clock_mhz under load", "memory_clock_mhz under load"})
    EXPECT_TRUE(moves_on_cuda(key, "histogram/own/fp32/1024")) << key;
  for (const char* benchmark : {"bandwidth/copy/fp32/1GiB", "saxpy/own/fp32/1024", "convolution/cudnn/forward/fp16/3x3"})
    EXPECT_TRUE(moves_on_cuda("memory_clock_mhz under load", benchmark)) << benchmark;
  for (const char* benchmark : {"gemm/own/bf16/4096", "launch/submit", "startup/cuinit", "peer_to_peer/read_sm/256MiB",
                                "collectives/all_reduce/fp32/1GiB"})
    EXPECT_FALSE(moves_on_cuda("memory_clock_mhz under load", benchmark)) << benchmark;
}

TEST(KnownInfluences, ALibraryMovesEveryWorkloadThatIsItsVariant) {
  EXPECT_TRUE(moves_on_cuda("cublas_version", "gemv/cublas/fp32/1024"));
  EXPECT_TRUE(moves_on_cuda("libcublaslt_path", "batched_gemm/cublaslt/bf16/1024"));
  EXPECT_TRUE(moves_on_cuda("cudnn_version", "pooling/cudnn/fp16/1024"));
  EXPECT_TRUE(moves_on_cpu("openblas_config", "gemv/openblas/fp32/1024"));
  EXPECT_TRUE(moves_on_cpu("onednn_version", "pooling/onednn/fp32/1024"));
  for (const char* key : {"cublas_version", "cudnn_version"}) {
    EXPECT_FALSE(moves_on_cuda(key, "gemv/own/fp32/1024")) << key;
    EXPECT_FALSE(moves_on_cuda(key, "bandwidth/copy/fp32/1GiB")) << key;
  }
}

}  // namespace
}  // namespace cuparity
