#include "kernels/collectives/collectives.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "kernels/collectives/collective_reference.hpp"
#include "kernels/collectives/nccl_library.hpp"
#include "kernels/random_input.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::Optional;

TEST(Collectives, BusFactorsAreThoseOfNcclTests) {
  EXPECT_DOUBLE_EQ(bus_factor(Collective::all_reduce, 2), 1.0);
  EXPECT_DOUBLE_EQ(bus_factor(Collective::all_reduce, 4), 1.5);
  for (const Collective other : {Collective::all_gather, Collective::reduce_scatter, Collective::all_to_all}) {
    EXPECT_DOUBLE_EQ(bus_factor(other, 2), 0.5);
    EXPECT_DOUBLE_EQ(bus_factor(other, 4), 0.75);
  }
}

TEST(Collectives, AnObstacleIsNamed) {
  EXPECT_THAT(collective_obstacle(1, ""), Optional(HasSubstr("needs two GPUs, 1 is visible")));
  EXPECT_THAT(collective_obstacle(0, "no NCCL"), Optional(HasSubstr("needs two GPUs, 0 are visible")));
  EXPECT_THAT(collective_obstacle(2, "no NCCL"), Optional(std::string("no NCCL")));
  EXPECT_EQ(collective_obstacle(2, ""), std::nullopt);
}

TEST(Collectives, VersionsReadAsNcclWritesThem) {
  EXPECT_EQ(nccl_version_text(22803), "2.28.3");
  EXPECT_EQ(nccl_version_text(21805), "2.18.5");
  EXPECT_EQ(nccl_version_text(2804), "2.8.4");
}

TEST(Collectives, AMissingLibraryIsAFailureWithWhatToDoAndNotACrash) {
  const NcclLibrary& library = nccl_library();
#ifdef CUPARITY_HAVE_NCCL
  if (library.failure.empty()) {
    EXPECT_THAT(library.version, testing::ContainsRegex("^2\\.[0-9]+\\.[0-9]+$"));
    EXPECT_THAT(library.path, HasSubstr("nccl"));
    EXPECT_NE(library.comm_init_all, nullptr);
    return;
  }
  EXPECT_THAT(library.failure, testing::AnyOf(HasSubstr("install libnccl2"), HasSubstr("too old a NCCL")));
#else
  EXPECT_THAT(library.failure, HasSubstr("built without NCCL"));
#endif
}

TEST(Collectives, ShapesDivideTheSizeAsNcclTestsDo) {
  const CollectiveShape reduce = collective_shape(Collective::all_reduce, 3, 48);
  EXPECT_EQ(reduce.sent(), 12u);
  EXPECT_EQ(reduce.received(), 12u);
  const CollectiveShape gather = collective_shape(Collective::all_gather, 3, 48);
  EXPECT_EQ(gather.sent(), 4u);
  EXPECT_EQ(gather.received(), 12u);
  const CollectiveShape scatter = collective_shape(Collective::reduce_scatter, 3, 48);
  EXPECT_EQ(scatter.sent(), 12u);
  EXPECT_EQ(scatter.received(), 4u);
  const CollectiveShape all_to_all = collective_shape(Collective::all_to_all, 3, 50);
  EXPECT_EQ(all_to_all.sent(), 12u);
  EXPECT_EQ(all_to_all.received(), 12u);
}

/// GPU `rank`'s receive buffer, computed element by element from the send buffers as MPI defines the collective; sums
/// in fp32 in the order of a ring that starts at `rank`.
std::vector<float> received(const CollectiveShape& shape, int rank) {
  const auto sent = [](int from, std::size_t i) { return random_uniform(input_seed(from), i); };
  const auto ring_sum = [&](std::size_t i) {
    float sum = sent(rank, i);
    for (int step = 1; step < shape.gpus; ++step) sum += sent((rank + step) % shape.gpus, i);
    return sum;
  };
  std::vector<float> output;
  switch (shape.collective) {
    case Collective::all_reduce:
      for (std::size_t i = 0; i < shape.part; ++i) output.push_back(ring_sum(i));
      break;
    case Collective::reduce_scatter:
      for (std::size_t i = 0; i < shape.part; ++i) output.push_back(ring_sum(rank * shape.part + i));
      break;
    case Collective::all_gather:
      for (int from = 0; from < shape.gpus; ++from)
        for (std::size_t i = 0; i < shape.part; ++i) output.push_back(sent(from, i));
      break;
    case Collective::all_to_all:
      for (int from = 0; from < shape.gpus; ++from)
        for (std::size_t i = 0; i < shape.part; ++i) output.push_back(sent(from, rank * shape.part + i));
      break;
  }
  return output;
}

double error_of(const CollectiveShape& shape, int rank, const std::vector<float>& output) {
  const auto expected = [&](std::uint64_t i) { return expected_element(shape, rank, i); };
  return host::largest_deviation(output.data(), output.size(), nullptr, expected).error;
}

TEST(Collectives, TheReferenceAcceptsWhatEachCollectiveYieldsAndNothingElse) {
  for (const Collective collective : all_collectives)
    for (const int gpus : {2, 3, 8})
      for (int rank = 0; rank < gpus; ++rank) {
        SCOPED_TRACE(std::string(to_string(collective)) + " on " + std::to_string(gpus) + ", GPU " + std::to_string(rank));
        const CollectiveShape shape = collective_shape(collective, gpus, 4 * 4096);
        std::vector<float> output = received(shape, rank);
        ASSERT_EQ(output.size(), shape.received());
        EXPECT_LE(error_of(shape, rank, output), 1.0);
        output[output.size() / 2] += 1e-3f;
        EXPECT_GT(error_of(shape, rank, output), 1.0);
      }
}

TEST(Collectives, PartsInTheWrongPlaceAreFound) {
  for (const Collective moved : {Collective::all_gather, Collective::all_to_all}) {
    const CollectiveShape shape = collective_shape(moved, 2, 4096);
    std::vector<float> output = received(shape, 0);
    std::rotate(output.begin(), output.begin() + static_cast<std::ptrdiff_t>(shape.part), output.end());
    EXPECT_GT(error_of(shape, 0, output), 1.0);
    EXPECT_EQ(error_of(shape, 0, received(shape, 0)), 0.0);
  }
}

TEST(Collectives, OneTermLeftOutOfASumIsFound) {
  const CollectiveShape shape = collective_shape(Collective::all_reduce, 2, 4096);
  std::vector<float> output = received(shape, 0);
  output[7] = random_uniform(input_seed(0), 7);
  EXPECT_GT(error_of(shape, 0, output), 1.0);
}

TEST(Collectives, TheCpuBackendHasNoRows) {
  EXPECT_TRUE(collectives_bench_cases(Backend::cpu).empty());
  EXPECT_TRUE(collectives_validation_cases(Backend::cpu).empty());
}

TEST(Collectives, CudaRowsExistWithAndWithoutNccl) {
  std::vector<std::string> names;
  for (const Case& row : collectives_bench_cases(Backend::cuda)) names.push_back(row.name);
#ifdef CUPARITY_HAVE_CUDA
  EXPECT_THAT(names, testing::ElementsAre(
                         "collectives/all_reduce/fp32/256MiB", "collectives/all_reduce/fp32/1GiB",
                         "collectives/all_gather/fp32/256MiB", "collectives/all_gather/fp32/1GiB",
                         "collectives/reduce_scatter/fp32/256MiB", "collectives/reduce_scatter/fp32/1GiB",
                         "collectives/all_to_all/fp32/256MiB", "collectives/all_to_all/fp32/1GiB",
                         "collectives/all_reduce/fp32/8B"));
#else
  EXPECT_TRUE(names.empty());
#endif
}

TEST(Collectives, WithoutTwoGpusEveryCaseIsSkippedWithAReason) {
  std::vector<Case> cases = collectives_bench_cases(Backend::cuda);
  for (Case& more : collectives_validation_cases(Backend::cuda)) cases.push_back(std::move(more));
  if (cases.empty()) GTEST_SKIP() << "built without CUDA";
  const auto reason = cases.front().unsupported(nullptr);
  if (!reason || reason->find("needs two GPUs") == std::string::npos) GTEST_SKIP() << "this machine has two GPUs";
  for (const Case& row : cases) EXPECT_EQ(row.unsupported(nullptr), reason) << row.name;
}

}  // namespace
}  // namespace cuparity
