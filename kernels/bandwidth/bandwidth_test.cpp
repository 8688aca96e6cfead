#include "kernels/bandwidth/bandwidth.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <omp.h>

#include <cmath>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "kernels/bandwidth/bandwidth_host.hpp"
#include "kernels/bandwidth/stream_reference.hpp"

namespace cuparity {
namespace {

constexpr StreamOperation elementwise_operations[] = {StreamOperation::write, StreamOperation::copy,
                                                      StreamOperation::scale, StreamOperation::add,
                                                      StreamOperation::triad};

std::string printed_operation(const testing::TestParamInfo<StreamOperation>& info) {
  return std::string(to_string(info.param));
}

/// The inputs, and the output of one operation computed by the CPU backend.
struct Computed {
  explicit Computed(StreamOperation operation, std::size_t count) : x(count), y(count), z(count) {
    host::fill_random(x.data(), count, x_seed);
    host::fill_random(y.data(), count, y_seed);
    host::stream_elementwise(operation, x.data(), y.data(), z.data(), count);
  }
  host::Array<double> x, y, z;
};

TEST(Bandwidth, EveryValidationCaseIsRightAndRepeatsItsBits) {
  for (const Case& tested : bandwidth_validation_cases(Backend::cpu)) {
    if (tested.unsupported(nullptr)) continue;
    const auto execution = tested.prepare(nullptr);
    const Verification first = execution->verify();
    EXPECT_TRUE(first.correct()) << tested.name << ": " << first.error << " " << first.detail;
    EXPECT_EQ(execution->verify().digest, first.digest) << tested.name;
    EXPECT_EQ(tested.prepare(nullptr)->verify().digest, first.digest) << tested.name;
  }
}

TEST(Bandwidth, CasesHaveTheirNamesAndWork) {
  std::set<std::string> names;
  for (const Case& listed : bandwidth_bench_cases(Backend::cpu)) {
    names.insert(listed.name);
    EXPECT_EQ(listed.footprint_bytes, listed.work.bytes) << listed.name;
  }
  std::set<std::string> expected;
  for (const char* operation : {"add", "copy", "dot", "read", "scale", "triad", "write"})
    for (const char* size : {"128MiB", "256MiB"})
      expected.insert("bandwidth/" + std::string(operation) + "/fp64/" + size);
  EXPECT_EQ(names, expected);
  std::set<std::string> validated;
  const auto cases = bandwidth_validation_cases(Backend::cpu);
  for (const Case& listed : cases) validated.insert(listed.name);
  EXPECT_EQ(validated.size(), cases.size()) << "two validation cases share a name";
}

TEST(Bandwidth, WorkCountsReadsAndWrites) {
  for (const Case& listed : bandwidth_bench_cases(Backend::cpu)) {
    const int mebibytes = listed.name.find("/128MiB") != std::string::npos ? 128 : 256;
    const double arrays = listed.work.bytes / (mebibytes << 20);
    if (listed.name.find("/triad/") != std::string::npos) {
      EXPECT_EQ(arrays, 3);
      EXPECT_EQ(listed.work.flops, 2.0 * (mebibytes << 20) / sizeof(double));
    }
    if (listed.name.find("/write/") != std::string::npos) { EXPECT_EQ(arrays, 1); }
    if (listed.name.find("/dot/") != std::string::npos) { EXPECT_EQ(arrays, 2); }
  }
}

class Elementwise : public testing::TestWithParam<StreamOperation> {};
INSTANTIATE_TEST_SUITE_P(Operations, Elementwise, testing::ValuesIn(elementwise_operations),
                         printed_operation);

TEST_P(Elementwise, OneWrongElementIsFoundAndNamed) {
  const std::size_t count = 100003;
  for (const std::size_t wrong : {std::size_t{0}, std::size_t{65536}, count - 1}) {
    const Computed computed(GetParam(), count);
    ASSERT_TRUE(compare_stream_output(GetParam(), computed.z.data(), count).correct());
    computed.z.data()[wrong] += 1e-12;
    const Verification verification = compare_stream_output(GetParam(), computed.z.data(), count);
    EXPECT_FALSE(verification.correct());
    EXPECT_THAT(verification.detail, testing::StartsWith("element " + std::to_string(wrong) + ": found "));
  }
}

TEST_P(Elementwise, AnElementLeftOutIsFound) {
  const Computed computed(GetParam(), 1000);
  host::poison(computed.z.data() + 500, sizeof(double));
  const Verification verification = compare_stream_output(GetParam(), computed.z.data(), 1000);
  EXPECT_TRUE(std::isinf(verification.error));
  EXPECT_FALSE(verification.correct());
}

TEST_P(Elementwise, WritesNothingAroundTheArray) {
  for (std::size_t offset = 1; offset < 9; ++offset)
    for (std::size_t count = 0; count < 40; ++count) {
      const host::Array<double> storage(64);
      std::fill_n(storage.data(), 64, 7.0);
      const Computed inputs(StreamOperation::copy, count);
      host::stream_elementwise(GetParam(), inputs.x.data(), inputs.y.data(), storage.data() + offset, count);
      EXPECT_EQ(storage.data()[offset - 1], 7.0);
      EXPECT_EQ(storage.data()[offset + count], 7.0);
      EXPECT_TRUE(compare_stream_output(GetParam(), storage.data() + offset, count).correct());
    }
}

TEST(Bandwidth, ElementwiseRefusesReductions) {
  EXPECT_THROW(host::stream_elementwise(StreamOperation::dot, nullptr, nullptr, nullptr, 0),
               std::invalid_argument);
}

TEST(Bandwidth, SwappedElementsOfAWriteAreFound) {
  const Computed computed(StreamOperation::write, 1000);
  std::swap(computed.z.data()[10], computed.z.data()[11]);
  const Verification verification = compare_stream_output(StreamOperation::write, computed.z.data(), 1000);
  EXPECT_FALSE(verification.correct());
  EXPECT_THAT(verification.detail, testing::HasSubstr("element 10: found bits 0x"));
}

TEST(Bandwidth, ASampleIsComparedByItsIndices) {
  constexpr StreamOperation triad = StreamOperation::triad;
  const Computed computed(triad, 1 << 21);
  const std::vector<std::uint64_t> indices = sample_indices(1 << 21, 4096);
  EXPECT_GE(indices.size(), (1u << 16) + (1u << 13));
  std::vector<double> sample;
  for (const std::uint64_t index : indices) {
    ASSERT_LT(index, 1u << 21);
    sample.push_back(computed.z.data()[index]);
  }
  EXPECT_TRUE(compare_stream_output(triad, sample.data(), sample.size(), indices.data()).correct());
  sample[5000] += 1;
  const auto wrong = compare_stream_output(triad, sample.data(), sample.size(), indices.data());
  EXPECT_THAT(wrong.detail, testing::StartsWith("element " + std::to_string(indices[5000]) + ":"));
}

TEST(Bandwidth, OneFlippedBitChangesTheChecksum) {
  const std::size_t count = 70000;
  const host::Array<double> x(count);
  host::fill_random(x.data(), count, x_seed);
  const std::uint64_t expected = expected_checksum<double>(count);
  EXPECT_TRUE(compare_checksum(host::stream_read(x.data(), count), expected).correct());
  x.data()[count - 1] = -x.data()[count - 1];
  EXPECT_FALSE(compare_checksum(host::stream_read(x.data(), count), expected).correct());
}

TEST(Bandwidth, DotMissingOneProductIsWrong) {
  const std::size_t count = 200000;
  const Computed inputs(StreamOperation::copy, count);
  const auto is_right = [&] {
    std::vector<double> scratch;
    const double dot = host::stream_dot(inputs.x.data(), inputs.y.data(), count, scratch);
    return compare_dot(dot, count, host::stream_dot_roundings(count)).correct();
  };
  EXPECT_TRUE(is_right());
  inputs.x.data()[150000] = 0;
  EXPECT_FALSE(is_right());
}

TEST(Bandwidth, DotHasTheSameBitsWithAnyNumberOfThreads) {
  const std::size_t count = 1000003;
  const Computed inputs(StreamOperation::copy, count);
  std::vector<double> scratch;
  const int threads = omp_get_max_threads();
  omp_set_num_threads(1);
  const double alone = host::stream_dot(inputs.x.data(), inputs.y.data(), count, scratch);
  omp_set_num_threads(7);
  const double together = host::stream_dot(inputs.x.data(), inputs.y.data(), count, scratch);
  omp_set_num_threads(threads);
  EXPECT_EQ(alone, together);
}

TEST(Bandwidth, SinglePrecisionReferencesAcceptWhatAGpuComputes) {
  const std::size_t count = 50000;
  std::vector<float> triad(count);
  std::vector<float> fused(count);
  float dot = 0;
  std::uint32_t checksum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const float x = random_uniform(x_seed, i);
    const float y = random_uniform(y_seed, i);
    const volatile float product = stream_scalar<float> * y;
    triad[i] = x + product;
    fused[i] = std::fma(stream_scalar<float>, y, x);
    dot += x * y;
    std::uint32_t word;
    std::memcpy(&word, &x, sizeof word);
    checksum += word;
  }
  EXPECT_TRUE(compare_stream_output(StreamOperation::triad, triad.data(), count).correct());
  EXPECT_TRUE(compare_stream_output(StreamOperation::triad, fused.data(), count).correct());
  EXPECT_TRUE(compare_dot(dot, count, count).correct());
  EXPECT_EQ(expected_checksum<float>(count), checksum);
  triad[4] = std::nextafter(std::nextafter(triad[4], 9.0f), 9.0f) + 1e-6f;
  EXPECT_FALSE(compare_stream_output(StreamOperation::triad, triad.data(), count).correct());
}

}  // namespace
}  // namespace cuparity
