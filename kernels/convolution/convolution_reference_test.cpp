// The inputs, the reference against the definition, and its bound against sums that lack or add something.
#include "kernels/convolution/convolution_reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/convolution/convolution.hpp"

namespace cuparity {
namespace {

constexpr Pass all_passes[] = {Pass::forward, Pass::backward_data, Pass::backward_filter};
constexpr ElementType all_types[] = {ElementType::fp32, ElementType::tf32, ElementType::fp16,
                                     ElementType::bf16};

std::vector<double> tensor(std::int64_t elements, ElementType type, std::uint64_t seed) {
  const ElementFormat format = stored_format(type);
  std::vector<double> values;
  for (std::int64_t i = 0; i < elements; ++i)
    values.push_back(
        decode_element(format, random_element_bits(format, seed, static_cast<std::uint64_t>(i))));
  return values;
}

/// Every product x * w of the convolution, handed to `use` as indices (image, filter, output) with the tap
/// and the output pixel it belongs to: the definition of all three passes, without any of the reference's
/// index arithmetic.
template <typename Use>
void for_each_product(const ConvolutionShape& s, Use use) {
  std::int64_t output = 0;
  for (std::int64_t n = 0; n < s.batch; ++n)
    for (std::int64_t p = 0; p < s.output_height(); ++p)
      for (std::int64_t q = 0; q < s.output_width(); ++q)
        for (std::int64_t k = 0; k < s.filters; ++k, ++output)
          for (std::int64_t r = 0; r < s.filter_height; ++r)
            for (std::int64_t t = 0; t < s.filter_width; ++t) {
              const std::int64_t h = p * s.stride + r - s.padding;
              const std::int64_t w = q * s.stride + t - s.padding;
              if (h < 0 || w < 0 || h >= s.height || w >= s.width) continue;
              for (std::int64_t c = 0; c < s.channels; ++c) {
                const std::int64_t image = c + s.channels * (w + s.width * (h + s.height * n));
                const std::int64_t filter = c + s.channels * (t + s.filter_width * (r + s.filter_height * k));
                use(image, filter, output, r * s.filter_width + t,
                    (n * s.output_height() + p) * s.output_width() + q);
              }
            }
}

/// The result of a pass by the definition, leaving out one filter tap (forward and backward data) or one
/// row of output pixels (backward filter) if asked to.
std::vector<double> direct(const ConvolutionProblem& problem, bool leave_one_out = false) {
  const ConvolutionShape& s = problem.shape;
  const auto image = tensor(s.image_elements(), problem.type, image_seed);
  const auto filter = tensor(s.filter_elements(), problem.type, filter_seed);
  const auto gradient = tensor(s.output_elements(), problem.type, gradient_seed);
  std::vector<double> result(static_cast<std::size_t>(problem.result_elements()));
  const std::int64_t left_out_tap = s.filter_height * s.filter_width / 2;
  for_each_product(s,
                   [&](std::int64_t i, std::int64_t f, std::int64_t o, std::int64_t tap, std::int64_t pixel) {
                     const auto ui = static_cast<std::size_t>(i), uf = static_cast<std::size_t>(f),
                                uo = static_cast<std::size_t>(o);
                     if (leave_one_out && problem.pass != Pass::backward_filter && tap == left_out_tap)
                       return;
                     if (leave_one_out && problem.pass == Pass::backward_filter && pixel < s.output_width())
                       return;
                     switch (problem.pass) {
                       case Pass::forward: result[uo] += image[ui] * filter[uf]; break;
                       case Pass::backward_data: result[ui] += gradient[uo] * filter[uf]; break;
                       case Pass::backward_filter: result[uf] += gradient[uo] * image[ui]; break;
                     }
                   });
  return result;
}

/// Rounds to nearest, ties to even.
std::uint32_t encode(ElementFormat format, double value) {
  if (std::isnan(value)) return (1u << (format.exponent_bits + format.mantissa_bits)) - 1;
  const int bias = (1 << (format.exponent_bits - 1)) - 1;
  const std::uint32_t sign = std::signbit(value) ? 1u << (format.exponent_bits + format.mantissa_bits) : 0;
  const double magnitude = std::abs(value);
  int exponent = magnitude == 0 ? 1 - bias : std::max(std::ilogb(magnitude), 1 - bias);
  // Adding instead of or-ing lets a carry out of the mantissa raise the exponent.
  const auto scaled =
      static_cast<std::uint32_t>(std::nearbyint(std::ldexp(magnitude, format.mantissa_bits - exponent)));
  return sign | ((static_cast<std::uint32_t>(exponent + bias - 1) << format.mantissa_bits) + scaled);
}

std::vector<std::uint32_t> encode(ElementType type, const std::vector<double>& values) {
  std::vector<std::uint32_t> bits;
  for (const double value : values) bits.push_back(encode(stored_format(type), value));
  return bits;
}

std::vector<ConvolutionShape> small_shapes() {
  std::vector<ConvolutionShape> shapes;
  for (const ConvolutionShape& shape : convolution_validation_shapes()) {
    if (ConvolutionProblem{shape, Pass::forward, ElementType::fp32}.work().flops < 2e7)
      shapes.push_back(shape);
  }
  return shapes;
}

TEST(ConvolutionInput, DecodesEveryBitPatternClass) {
  EXPECT_EQ(decode_element({8, 23}, 0x3fc00000u), 1.5);
  EXPECT_EQ(decode_element({8, 23}, 0xbfc00000u), -1.5);
  EXPECT_EQ(decode_element({8, 23}, 1), 0x1p-149);
  EXPECT_EQ(decode_element({5, 10}, 0x3c01u), 1 + 0x1p-10);
  EXPECT_EQ(decode_element({5, 10}, 0x8001u), -0x1p-24);
  EXPECT_EQ(decode_element({8, 7}, 0x3f81u), 1 + 0x1p-7);
  EXPECT_EQ(decode_element({5, 10}, 0), 0.0);
  EXPECT_TRUE(std::isinf(decode_element({5, 10}, 0x7c00u)));
  EXPECT_TRUE(std::isnan(decode_element({8, 7}, 0xffffu)));
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    for (const ElementFormat format : {ElementFormat{5, 10}, ElementFormat{8, 7}}) {
      const double value = decode_element(format, bits);
      if (std::isfinite(value) && value != 0) {
        ASSERT_EQ(encode(format, value), bits);
      }
    }
  }
}

TEST(ConvolutionInput, UsesEveryMantissaBitAndBothSigns) {
  for (const ElementType type : all_types) {
    SCOPED_TRACE(to_string(type));
    const ElementFormat format = stored_format(type);
    constexpr int elements = 1 << 14;
    std::vector<int> ones(32);
    double sum = 0, squares = 0;
    for (std::uint64_t i = 0; i < elements; ++i) {
      const std::uint32_t bits = random_element_bits(format, 5, i);
      for (int bit = 0; bit < 32; ++bit) ones[static_cast<std::size_t>(bit)] += bits >> bit & 1;
      const double value = decode_element(format, bits);
      ASSERT_LT(std::abs(value), 1.0);
      ASSERT_GE(std::abs(value), 0x1p-11);
      sum += value;
      squares += value * value;
    }
    for (int bit = 0; bit < format.mantissa_bits; ++bit)
      EXPECT_NEAR(ones[static_cast<std::size_t>(bit)], elements / 2, 400) << "mantissa bit " << bit;
    EXPECT_NEAR(ones[static_cast<std::size_t>(format.mantissa_bits + format.exponent_bits)], elements / 2,
                400);
    EXPECT_NEAR(sum / elements, 0, 0.02);
    EXPECT_NEAR(squares / elements, 1.0 / 3, 0.02);
  }
}

TEST(ConvolutionReference, EqualsTheDefinitionInEveryPass) {
  for (const ConvolutionShape& shape : small_shapes()) {
    for (const Pass pass : all_passes) {
      const ConvolutionProblem problem{shape, pass, ElementType::bf16};
      const SampleGrid grid = sample_grid(problem);
      ASSERT_EQ(static_cast<std::int64_t>(grid.size()), problem.result_elements());
      const Reference reference = evaluate_reference(problem, grid);
      const std::vector<double> expected = direct(problem);
      const auto indices = element_indices(problem, grid);
      for (std::size_t i = 0; i < indices.size(); ++i) {
        ASSERT_NEAR(reference.values[i], expected[static_cast<std::size_t>(indices[i])], 1e-11)
            << to_string(pass) << " element " << indices[i];
      }
    }
  }
}

// <dy, conv(x, w)> = <backward_data(dy, w), x> = <backward_filter(x, dy), w>: the passes are each other's
// adjoints, which needs no second implementation to hold.
TEST(ConvolutionReference, PassesAreAdjoint) {
  for (const ConvolutionShape& shape : small_shapes()) {
    std::vector<double> products;
    for (const Pass pass : all_passes) {
      const ConvolutionProblem problem{shape, pass, ElementType::fp32};
      const std::vector<double> result = evaluate_reference(problem, sample_grid(problem)).values;
      const std::uint64_t seed = pass == Pass::forward         ? gradient_seed
                                 : pass == Pass::backward_data ? image_seed
                                                               : filter_seed;
      const std::vector<double> other = tensor(problem.result_elements(), problem.type, seed);
      double product = 0;
      for (std::size_t i = 0; i < result.size(); ++i) product += result[i] * other[i];
      products.push_back(product);
    }
    EXPECT_NEAR(products[0], products[1], 1e-8);
    EXPECT_NEAR(products[0], products[2], 1e-8);
  }
}

TEST(ConvolutionReference, SpreadIsTheRootOfTheSummedSquares) {
  const ConvolutionProblem problem{{1, 1, 1, 1, 1, 1, 1, 1, 0}, Pass::forward, ElementType::fp32};
  const Reference reference = evaluate_reference(problem, sample_grid(problem));
  EXPECT_DOUBLE_EQ(reference.spreads[0], std::abs(reference.values[0]));
}

TEST(ConvolutionReference, SamplesTheLayersAtCornersAndElsewhere) {
  for (const ConvolutionLayer& layer : convolution_layers(Backend::cuda)) {
    for (const Pass pass : all_passes) {
      SCOPED_TRACE(std::string(layer.name) + " " + std::string(to_string(pass)));
      const ConvolutionProblem problem{layer.shape, pass, ElementType::fp16};
      const SampleGrid grid = sample_grid(problem);
      const ProductSize size = product_size(problem);
      EXPECT_GE(grid.size(), pass == Pass::backward_filter ? 49u : 1024u);
      EXPECT_TRUE(std::is_sorted(grid.rows.begin(), grid.rows.end(), std::less_equal<>()));
      EXPECT_TRUE(std::is_sorted(grid.columns.begin(), grid.columns.end(), std::less_equal<>()));
      EXPECT_EQ(grid.rows.front(), 0);
      EXPECT_EQ(grid.rows.back(), size.rows - 1);
      EXPECT_EQ(grid.columns.front(), 0);
      EXPECT_EQ(grid.columns.back(), size.columns - 1);
      EXPECT_EQ(size.rows * size.columns, problem.result_elements());
    }
  }
}

TEST(ConvolutionBound, AdmitsRoundedResultsAndNothingThatLacksATap) {
  for (const ConvolutionShape& shape : small_shapes()) {
    for (const Pass pass : all_passes) {
      for (const ElementType type : all_types) {
        const ConvolutionProblem problem{shape, pass, type};
        if (is_empty(problem)) continue;
        SCOPED_TRACE(testing::Message() << to_string(pass) << " " << to_string(type) << " height "
                                        << shape.height << " channels " << shape.channels);
        const SampleGrid grid = sample_grid(problem);
        const Reference reference = evaluate_reference(problem, grid);
        EXPECT_LE(compare_with_reference(problem, grid, reference, encode(type, reference.values)).error,
                  1.0);
        EXPECT_FALSE(
            compare_with_reference(problem, grid, reference, encode(type, direct(problem, true))).correct());
      }
    }
  }
}

// A gradient of a whole batch sums 401,408 products; the bound must still see that one image is missing.
TEST(ConvolutionBound, SeesAMissingImageInTheDeepestSums) {
  for (const ElementType type : all_types) {
    SCOPED_TRACE(to_string(type));
    ConvolutionProblem problem{convolution_layers(Backend::cuda).front().shape, Pass::backward_filter, type};
    const SampleGrid grid{{0, 5, 63}, {0, 100, 300, 575}};
    const Reference reference = evaluate_reference(problem, grid);
    ConvolutionProblem without_last = problem;
    --without_last.shape.batch;
    const Reference lacking = evaluate_reference(without_last, grid);
    EXPECT_LE(compare_with_reference(problem, grid, reference, encode(type, reference.values)).error, 1.0);
    EXPECT_FALSE(compare_with_reference(problem, grid, reference, encode(type, lacking.values)).correct());
  }
}

/// Clears all but the first `mantissa_bits` bits after the leading one: rounds towards zero.
double truncate(double value, int mantissa_bits) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  bits &= ~((std::uint64_t{1} << (52 - mantissa_bits)) - 1);
  std::memcpy(&value, &bits, sizeof bits);
  return value;
}

/// One element of the first layer's backward filter pass at filter `k`, tap (1, 1), channel `c`, summed as
/// hardware does: in one chain of fp32 FMAs, or block by block with truncation.
double summed_as_hardware_does(const ConvolutionShape& s, ElementType type, std::int64_t k, std::int64_t c) {
  const ElementFormat format = stored_format(type);
  const int block = type == ElementType::tf32 ? 4 : 8;
  float chain = 0;
  double truncated = 0, block_sum = 0;
  for (std::int64_t pixel = 0; pixel < s.batch * s.height * s.width; ++pixel) {
    double dy = decode_element(
        format,
        random_element_bits(format, gradient_seed, static_cast<std::uint64_t>(pixel * s.filters + k)));
    double x = decode_element(
        format, random_element_bits(format, image_seed, static_cast<std::uint64_t>(pixel * s.channels + c)));
    if (type == ElementType::tf32) {
      dy = truncate(dy, 10);
      x = truncate(x, 10);
    }
    chain = std::fma(static_cast<float>(dy), static_cast<float>(x), chain);
    block_sum += dy * x;
    if ((pixel + 1) % block == 0) {
      truncated = truncate(truncated + block_sum, 23);
      block_sum = 0;
    }
  }
  return type == ElementType::fp32 ? chain : truncated + block_sum;
}

// Unsplit chains over the whole depth are the worst that an implementation may do.
TEST(ConvolutionBound, AdmitsTheDeepestChainOfHardwareSums) {
  for (const ElementType type : all_types) {
    SCOPED_TRACE(to_string(type));
    const ConvolutionProblem problem{convolution_layers(Backend::cuda).front().shape, Pass::backward_filter,
                                     type};
    const ConvolutionShape& s = problem.shape;
    const std::int64_t central_tap = 4 * s.channels;
    const SampleGrid grid{{0, 7, 63}, {central_tap, central_tap + 33, central_tap + 63}};
    const Reference reference = evaluate_reference(problem, grid);
    std::vector<double> results;
    for (const std::int64_t k : grid.rows) {
      for (const std::int64_t column : grid.columns)
        results.push_back(summed_as_hardware_does(s, type, k, column - central_tap));
    }
    const Verification verification = compare_with_reference(problem, grid, reference, encode(type, results));
    EXPECT_LE(verification.error, 1.0) << verification.detail;
    EXPECT_GT(verification.error, 1e-3) << "a bound this far from what happens would see nothing";
  }
}

TEST(ConvolutionBound, RejectsPoisonAndSingleWrongElements) {
  for (const ElementType type : all_types) {
    SCOPED_TRACE(to_string(type));
    const ConvolutionProblem problem{{1, 28, 28, 64, 64, 3, 3, 1, 1}, Pass::forward, type};
    const SampleGrid grid = sample_grid(problem);
    const Reference reference = evaluate_reference(problem, grid);
    const std::vector<std::uint32_t> right = encode(type, reference.values);
    std::vector<std::uint32_t> wrong = right;
    wrong[777] = element_bytes(type) == 2 ? 0xffffu : 0xffffffffu;
    EXPECT_FALSE(compare_with_reference(problem, grid, reference, wrong).correct());
    wrong = right;
    wrong[777] ^= 1u << (stored_format(type).mantissa_bits + stored_format(type).exponent_bits);
    const Verification verification = compare_with_reference(problem, grid, reference, wrong);
    EXPECT_FALSE(verification.correct());
    EXPECT_THAT(verification.detail, testing::HasSubstr("row 12, column 9"));
    wrong = right;
    std::swap(wrong[64], wrong[128]);
    EXPECT_FALSE(compare_with_reference(problem, grid, reference, wrong).correct());
  }
}

// 1x1 filters of stride 2 skip input pixels; their gradient is exactly zero, and nothing else will do.
TEST(ConvolutionBound, AdmitsOnlyZeroWhereNothingIsSummed) {
  const ConvolutionProblem problem{{1, 2, 2, 1, 1, 1, 1, 2, 0}, Pass::backward_data, ElementType::fp16};
  const SampleGrid grid = sample_grid(problem);
  const Reference reference = evaluate_reference(problem, grid);
  ASSERT_EQ(reference.values.size(), 4u);
  std::vector<std::uint32_t> results = encode(problem.type, reference.values);
  EXPECT_EQ(results[3], 0u);
  EXPECT_TRUE(compare_with_reference(problem, grid, reference, results).correct());
  results[3] = 1;
  EXPECT_FALSE(compare_with_reference(problem, grid, reference, results).correct());
}

}  // namespace
}  // namespace cuparity
