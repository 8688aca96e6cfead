#include "kernels/gemm/gemm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

#include "kernels/gemm/gemm_input.hpp"
#include "kernels/gemm/gemm_reference.hpp"
#include "kernels/gemm/gemm_tile_fit.hpp"
#include "kernels/gemm/gemm_tile_order.hpp"

#ifdef CUPARITY_HAVE_OPENBLAS
#include <cblas.h>
#endif

namespace cuparity {
namespace {

constexpr GemmType all_types[] = {GemmType::fp64, GemmType::fp32,     GemmType::tf32, GemmType::fp16,
                                  GemmType::bf16, GemmType::fp8_e4m3, GemmType::int8};

GemmProblem square(GemmType type, std::size_t n, std::size_t k) {
  return GemmProblem::make(type, n, n, k, GemmLayout::dense);
}

/// `value` rounded to nearest with `bits` significant bits, as storing to fp16 (11) or bf16 (8) does.
double round_to(double value, int bits) {
  int exponent;
  const double fraction = std::frexp(value, &exponent);
  return std::ldexp(std::nearbyint(std::ldexp(fraction, bits)), exponent - bits);
}

double round_to_output(GemmType type, double value) {
  if (type == GemmType::fp32 || type == GemmType::tf32) return static_cast<float>(value);
  if (type == GemmType::fp16) return round_to(value, 11);
  if (type == GemmType::bf16 || type == GemmType::fp8_e4m3) return round_to(value, 8);
  return value;
}

double product(const GemmProblem& problem, std::size_t i, std::size_t j, std::size_t p) {
  return gemm_input_value(problem.type, gemm_seed_a, i, p, problem.k) *
         gemm_input_value(problem.type, gemm_seed_b, j, p, problem.k);
}

/// Every sampled element summed in double, products [skip, skip_end) left out, rounded to the output type.
std::vector<double> multiply(const GemmProblem& problem, const GemmSample& sample, std::size_t skip = 0,
                             std::size_t skip_end = 0) {
  std::vector<double> output;
  for (const std::size_t i : sample.rows)
    for (const std::size_t j : sample.columns) {
      double sum = 0;
      for (std::size_t p = 0; p < problem.k; ++p)
        if (p < skip || p >= skip_end) sum += product(problem, i, j, p);
      output.push_back(round_to_output(problem.type, sum));
    }
  return output;
}

TEST(GemmInput, BitsAreTheValueThatTheGeneratorMeans) {
  for (const GemmType type : all_types) {
    if (type == GemmType::int8) continue;
    const GemmInputFormat format = gemm_input_format(type);
    for (std::size_t index = 0; index < 2000; ++index) {
      const std::uint64_t random = random_bits(gemm_seed_a, index);
      const auto mantissa =
          static_cast<double>((random & ((1ull << 52) - 1)) >> (52 - format.significant_bits));
      const double magnitude = (1 + std::ldexp(mantissa, -format.significant_bits)) *
                               std::ldexp(1.0, static_cast<int>(random >> 61 & 3) - 4);
      const double value = gemm_input_value(type, gemm_seed_a, 0, index, 2000);
      EXPECT_EQ(value, random >> 63 ? -magnitude : magnitude) << to_string(type) << " " << index;
      EXPECT_GE(std::fabs(value), 0.0625);
      EXPECT_LT(std::fabs(value), 1.0);
    }
  }
}

TEST(GemmInput, DecoderAgreesWithTheProcessorsOwnTypes) {
  for (std::size_t index = 0; index < 2000; ++index) {
    const std::uint64_t random = random_bits(gemm_seed_b, index);
    EXPECT_EQ(std::bit_cast<double>(gemm_input_bits(random, gemm_input_format(GemmType::fp64))),
              gemm_input_value(GemmType::fp64, gemm_seed_b, index, 0, 1));
    for (const GemmType type : {GemmType::fp32, GemmType::tf32})
      EXPECT_EQ(
          std::bit_cast<float>(static_cast<std::uint32_t>(gemm_input_bits(random, gemm_input_format(type)))),
          gemm_input_value(type, gemm_seed_b, index, 0, 1));
    const auto bf16 = static_cast<std::uint32_t>(gemm_input_bits(random, gemm_input_format(GemmType::bf16)));
    EXPECT_EQ(std::bit_cast<float>(bf16 << 16), gemm_input_value(GemmType::bf16, gemm_seed_b, index, 0, 1));
  }
  EXPECT_EQ(gemm_output_value(GemmType::fp16, 0x3c00), 1.0);
  EXPECT_EQ(gemm_output_value(GemmType::fp16, 0xc500), -5.0);
  EXPECT_EQ(gemm_output_value(GemmType::fp16, 0x0001), std::ldexp(1.0, -24));
  EXPECT_TRUE(std::isinf(gemm_output_value(GemmType::fp16, 0x7c00)));
  EXPECT_TRUE(std::isnan(gemm_output_value(GemmType::bf16, 0xffff)));
  EXPECT_TRUE(std::isnan(gemm_output_value(GemmType::fp64, ~0ull)));
  EXPECT_EQ(gemm_output_value(GemmType::bf16, 0x4049), 3.140625);
  EXPECT_EQ(gemm_output_value(GemmType::int8, 0xffffffffu), -1.0);
}

TEST(GemmInput, Int8CoversItsRangeEvenly) {
  double sum = 0;
  std::set<double> seen;
  for (std::size_t i = 0; i < 20000; ++i) {
    const double value = gemm_input_value(GemmType::int8, gemm_seed_a, 0, i, 20000);
    seen.insert(value);
    sum += value;
  }
  EXPECT_EQ(seen.size(), 255u);
  EXPECT_EQ(*seen.begin(), -127);
  EXPECT_EQ(*seen.rbegin(), 127);
  EXPECT_LT(std::fabs(sum / 20000), 3);
}

TEST(GemmInput, GapsBetweenRowsDoNotMoveTheValues) {
  EXPECT_EQ(gemm_input_value(GemmType::fp32, gemm_seed_a, 3, 5, 10),
            gemm_input_value(GemmType::fp32, gemm_seed_a, 0, 35, 1000));
}

TEST(GemmSample, CoversEveryTileUpTo8192) {
  const GemmSample sample = gemm_sample(square(GemmType::bf16, 8192, 64));
  std::set<std::size_t> row_tiles, column_tiles;
  for (const std::size_t i : sample.rows)
    row_tiles.insert(i / 128);
  for (const std::size_t j : sample.columns)
    column_tiles.insert(j / 128);
  EXPECT_EQ(row_tiles.size(), 64u);
  EXPECT_EQ(column_tiles.size(), 64u);
  EXPECT_GE(sample.rows.size() * sample.columns.size(), 4096u);
  EXPECT_THAT(sample.rows, testing::IsSupersetOf({std::size_t{0}, std::size_t{127}, std::size_t{8191}}));
  EXPECT_EQ(gemm_sample(square(GemmType::bf16, 512, 1)).rows.size(), 512u);
  EXPECT_TRUE(gemm_sample(square(GemmType::bf16, 0, 1)).rows.empty());
}

TEST(GemmReference, AcceptsCorrectlyRoundedOutput) {
  for (const GemmType type : all_types)
    for (const std::size_t k : {1, 2, 3, 16, 257, 4096}) {
      const GemmProblem problem = square(type, 24, k);
      const GemmSample sample = gemm_sample(problem);
      const Verification result = compare_gemm(problem, sample, multiply(problem, sample));
      EXPECT_TRUE(result.correct()) << to_string(type) << " k=" << k << " " << result.detail;
    }
}

TEST(GemmReference, AcceptsTheRoundingOfASinglePrecisionSum) {
  const GemmProblem problem = square(GemmType::fp32, 32, 20000);
  const GemmSample sample = gemm_sample(problem);
  std::vector<double> output;
  for (const std::size_t i : sample.rows)
    for (const std::size_t j : sample.columns) {
      float sum = 0;
      for (std::size_t p = 0; p < problem.k; ++p)
        sum = static_cast<float>(sum + product(problem, i, j, p));
      output.push_back(sum);
    }
  const Verification result = compare_gemm(problem, sample, output);
  EXPECT_GT(result.error, 0);
  EXPECT_LT(result.error, 0.5) << result.detail;
}

/// What a tensor core does at worst by the model: every group of 4 products is truncated to 24 bits.
TEST(GemmReference, AcceptsTruncatedTensorCoreSums) {
  const GemmProblem problem = square(GemmType::tf32, 32, 8192);
  const GemmSample sample = gemm_sample(problem);
  std::vector<double> output;
  for (const std::size_t i : sample.rows)
    for (const std::size_t j : sample.columns) {
      double sum = 0;
      for (std::size_t p = 0; p < problem.k; p += 4) {
        for (std::size_t q = p; q < p + 4; ++q)
          sum += product(problem, i, j, q);
        int exponent;
        const double fraction = std::frexp(sum, &exponent);
        sum = std::ldexp(std::trunc(std::ldexp(fraction, 24)), exponent - 24);
      }
      output.push_back(sum);
    }
  EXPECT_LT(compare_gemm(problem, sample, output).error, 0.5);
}

/// fp8's fast accumulation by the published model: groups of 32 products, 13 fraction bits, truncated.
TEST(GemmReference, AcceptsFastAccumulationOfFp8) {
  const GemmProblem problem = square(GemmType::fp8_e4m3, 32, 8192);
  const GemmSample sample = gemm_sample(problem);
  std::vector<double> output;
  for (const std::size_t i : sample.rows)
    for (const std::size_t j : sample.columns) {
      double sum = 0;
      for (std::size_t p = 0; p < problem.k; p += 32) {
        double largest = std::fabs(sum);
        for (std::size_t q = p; q < p + 32; ++q)
          largest = std::max(largest, std::fabs(product(problem, i, j, q)));
        int exponent;
        std::frexp(largest, &exponent);
        const auto truncate = [exponent](double x) {
          return std::ldexp(std::trunc(std::ldexp(x, 14 - exponent)), exponent - 14);
        };
        sum = truncate(sum);
        for (std::size_t q = p; q < p + 32; ++q)
          sum += truncate(product(problem, i, j, q));
      }
      output.push_back(round_to(sum, 8));
    }
  const Verification result = compare_gemm(problem, sample, output);
  EXPECT_LT(result.error, 1) << result.detail;
}

TEST(GemmReference, NoticesOneMissingProduct) {
  for (const GemmType type : all_types) {
    if (type == GemmType::fp8_e4m3) continue;  // its accumulation is too coarse; the next test is for it
    for (const std::size_t k : {64, 1024, 8192}) {
      const GemmProblem problem = square(type, 32, k);
      const GemmSample sample = gemm_sample(problem);
      const Verification result = compare_gemm(problem, sample, multiply(problem, sample, k / 3, k / 3 + 1));
      EXPECT_FALSE(result.correct()) << to_string(type) << " k=" << k << " " << result.detail;
    }
  }
}

TEST(GemmReference, NoticesOneMissingTileStepOfFp8) {
  for (const std::size_t k : {512, 8192}) {
    const GemmProblem problem = square(GemmType::fp8_e4m3, 32, k);
    const GemmSample sample = gemm_sample(problem);
    EXPECT_FALSE(compare_gemm(problem, sample, multiply(problem, sample, 128, 192)).correct()) << k;
  }
}

TEST(GemmReference, NoticesSwappedRowsOneWrongElementAndNaN) {
  for (const GemmType type : all_types) {
    const GemmProblem problem = square(type, 32, 512);
    const GemmSample sample = gemm_sample(problem);
    const std::vector<double> correct = multiply(problem, sample);

    std::vector<double> swapped = correct;
    std::swap_ranges(swapped.begin(), swapped.begin() + 32, swapped.begin() + 32);
    EXPECT_FALSE(compare_gemm(problem, sample, swapped).correct()) << to_string(type);

    std::vector<double> one_wrong = correct;
    one_wrong[777] += type == GemmType::int8 ? 1 : 2;
    const Verification wrong = compare_gemm(problem, sample, one_wrong);
    EXPECT_FALSE(wrong.correct()) << to_string(type);
    EXPECT_THAT(wrong.detail, testing::HasSubstr("row 24, column 9"));

    std::vector<double> not_a_number = correct;
    not_a_number[3] = std::nan("");
    EXPECT_FALSE(compare_gemm(problem, sample, not_a_number).correct()) << to_string(type);
  }
}

TEST(GemmTileOrder, VisitsEveryTileOnce) {
  for (const auto& [rows, columns, band] :
       {std::tuple{1, 1, 8}, {7, 5, 8}, {8, 3, 8}, {17, 9, 4}, {3, 40, 2}}) {
    std::set<std::pair<int, int>> seen;
    for (int index = 0; index < rows * columns; ++index) {
      const GemmTile tile = gemm_tile(index, rows, columns, band);
      EXPECT_TRUE(tile.row >= 0 && tile.row < rows && tile.column >= 0 && tile.column < columns);
      seen.insert({tile.row, tile.column});
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(rows * columns));
  }
}

TEST(GemmTileFit, CountsTheRoundsOfWholeTiles) {
  const GemmClusterTile tile{256, 256, 2};
  EXPECT_EQ(gemm_tile_fit(1, 1, tile, 66).busy, 128 * 256);
  EXPECT_EQ(gemm_tile_fit(256 * 66, 256, tile, 66).busy, 128 * 256);
  EXPECT_EQ(gemm_tile_fit(256 * 66, 257, tile, 66).busy, 2 * 128 * 256);
  EXPECT_DOUBLE_EQ(gemm_tile_fit(1, 1, tile, 66).fetched, 1.0 / 128);
}

// The Hopper kernel's tiles on 132 multiprocessors; the last two are sizes of the validation.
TEST(GemmTileFit, TakesTheTileOfTheLeastWorkForTheBusiest) {
  const std::vector<GemmClusterTile> tiles = {{256, 256, 2}, {512, 200, 2}, {256, 400, 2}};
  const auto best = [&](int m, int n) {
    const auto less = [&](const GemmClusterTile& one, const GemmClusterTile& other) {
      return gemm_tile_fit(m, n, one, 66) < gemm_tile_fit(m, n, other, 66);
    };
    return std::min_element(tiles.begin(), tiles.end(), less) - tiles.begin();
  };
  EXPECT_EQ(best(512, 512), 0);
  EXPECT_EQ(best(4096, 4096), 0);
  EXPECT_EQ(best(8192, 8192), 1);
  EXPECT_EQ(best(16384, 16384), 2);
  EXPECT_EQ(best(4120, 1240), 1);
  EXPECT_EQ(best(2310, 1544), 2);
}

TEST(GemmCases, NamesAreThoseOfTheRows) {
  std::set<std::string> names;
  for (const Case& row : gemm_bench_cases(Backend::cpu))
    names.insert(row.name);
  EXPECT_THAT(names, testing::UnorderedElementsAre("gemm/own/fp32/1024", "gemm/own/fp64/1024",
                                                   "gemm/openblas/fp32/1024", "gemm/openblas/fp64/1024",
                                                   "gemm/openblas/fp32/2048", "gemm/openblas/fp64/2048"));
  const std::vector<Case> cuda = gemm_bench_cases(Backend::cuda);
#ifdef CUPARITY_HAVE_CUDA
  EXPECT_EQ(cuda.size(), 33u);
  EXPECT_EQ(cuda.front().name, "gemm/own/fp32/4096");
  EXPECT_EQ(cuda.front().work.flops, 2.0 * 4096 * 4096 * 4096);
  for (const Case& row : cuda)
    EXPECT_EQ(row.timing, Timing::device_events) << row.name;
#else
  EXPECT_TRUE(cuda.empty());
  EXPECT_TRUE(gemm_validation_cases(Backend::cuda).empty());
#endif
  std::set<std::string> unique;
  for (const Case& row : gemm_validation_cases(Backend::cpu))
    EXPECT_TRUE(unique.insert(row.name).second);
}

TEST(GemmOnCpu, EveryValidationCaseIsCorrectAndRepeats) {
  for (const Case& row : gemm_validation_cases(Backend::cpu)) {
    if (const auto reason = row.unsupported(nullptr)) {
      EXPECT_FALSE(reason->empty());
      continue;
    }
    const auto execution = row.prepare(nullptr);
    const Verification first = execution->verify();
    EXPECT_TRUE(first.correct()) << row.name << ": " << first.error << ", " << first.detail;
    EXPECT_EQ(first.digest, execution->verify().digest) << row.name;
    EXPECT_FALSE(execution->algorithm().empty());
  }
}

#ifdef CUPARITY_HAVE_OPENBLAS
// A container may have fewer processors than its host: other bits are then no fault.
TEST(GemmOnCpu, BitsThatDependOnTheNumberOfThreadsAreOfAnotherAlgorithm) {
  const int threads = openblas_get_num_threads();
  for (const Case& row : gemm_validation_cases(Backend::cpu)) {
    if (row.unsupported(nullptr)) continue;
    std::set<std::uint64_t> digests;
    std::set<std::string> algorithms;
    for (const int number : {1, 2}) {
      openblas_set_num_threads(number);
      const auto execution = row.prepare(nullptr);
      digests.insert(execution->verify().digest);
      algorithms.insert(execution->algorithm());
    }
    EXPECT_LE(digests.size(), algorithms.size()) << row.name << ": " << testing::PrintToString(algorithms);
  }
  openblas_set_num_threads(threads);
}
#endif

}  // namespace
}  // namespace cuparity
