#include "kernels/convolution/convolution_reference.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <sstream>

namespace cuparity {
namespace {

/// A position along rows, columns or depth, in three coordinates, the last one contiguous.
using Position = std::array<std::int64_t, 3>;

Position position(const Position& sizes, std::int64_t index) {
  return {index / (sizes[1] * sizes[2]), index / sizes[2] % sizes[1], index % sizes[2]};
}

void advance(const Position& sizes, Position& at) {
  if (++at[2] < sizes[2]) return;
  at[2] = 0;
  if (++at[1] < sizes[1]) return;
  at[1] = 0;
  ++at[0];
}

struct ProductCoordinates {
  Position rows, columns, depth;
};

ProductCoordinates product_coordinates(const ConvolutionProblem& problem) {
  const ConvolutionShape& s = problem.shape;
  const Position output_pixels{s.batch, s.output_height(), s.output_width()};
  switch (problem.pass) {
    case Pass::forward:
      return {output_pixels, {1, 1, s.filters}, {s.filter_height, s.filter_width, s.channels}};
    case Pass::backward_data:
      return {{s.batch, s.height, s.width}, {1, 1, s.channels}, {s.filter_height, s.filter_width, s.filters}};
    case Pass::backward_filter:
      return {{1, 1, s.filters}, {s.filter_height, s.filter_width, s.channels}, output_pixels};
  }
  return {};
}

std::int64_t count(const Position& sizes) { return sizes[0] * sizes[1] * sizes[2]; }

/// Index into x of the pixel under tap (r, s) of output pixel (n, p, q), or -1 on the padding.
std::int64_t image_index(const ConvolutionShape& shape, const Position& output_pixel, const Position& tap) {
  const std::int64_t h = output_pixel[1] * shape.stride - shape.padding + tap[0];
  const std::int64_t w = output_pixel[2] * shape.stride - shape.padding + tap[1];
  if (h < 0 || h >= shape.height || w < 0 || w >= shape.width) return -1;
  return ((output_pixel[0] * shape.height + h) * shape.width + w) * shape.channels + tap[2];
}

/// Index into dy of filter tap[2] at the output pixel whose tap (r, s) lies on input pixel (n, h, w), or -1.
std::int64_t gradient_index(const ConvolutionShape& shape, const Position& input_pixel, const Position& tap) {
  const std::int64_t h = input_pixel[1] + shape.padding - tap[0];
  const std::int64_t w = input_pixel[2] + shape.padding - tap[1];
  if (h < 0 || w < 0 || h % shape.stride != 0 || w % shape.stride != 0) return -1;
  const std::int64_t p = h / shape.stride;
  const std::int64_t q = w / shape.stride;
  if (p >= shape.output_height() || q >= shape.output_width()) return -1;
  return ((input_pixel[0] * shape.output_height() + p) * shape.output_width() + q) * shape.filters + tap[2];
}

/// The operand that the row selects: x, dy, dy.
std::int64_t left_index(const ConvolutionProblem& problem, const Position& row, const Position& depth) {
  const ConvolutionShape& s = problem.shape;
  switch (problem.pass) {
    case Pass::forward: return image_index(s, row, depth);
    case Pass::backward_data: return gradient_index(s, row, depth);
    case Pass::backward_filter:
      return ((depth[0] * s.output_height() + depth[1]) * s.output_width() + depth[2]) * s.filters + row[2];
  }
  return -1;
}

/// The operand that the column selects: w, w, x.
std::int64_t right_index(const ConvolutionProblem& problem, const Position& column, const Position& depth) {
  const ConvolutionShape& s = problem.shape;
  switch (problem.pass) {
    case Pass::forward:
      return ((column[2] * s.filter_height + depth[0]) * s.filter_width + depth[1]) * s.channels + depth[2];
    case Pass::backward_data:
      return ((depth[2] * s.filter_height + depth[0]) * s.filter_width + depth[1]) * s.channels + column[2];
    case Pass::backward_filter: return image_index(s, depth, column);
  }
  return -1;
}

struct Seeds {
  std::uint64_t left, right;
};

Seeds seeds(Pass pass) {
  switch (pass) {
    case Pass::forward: return {image_seed, filter_seed};
    case Pass::backward_data: return {gradient_seed, filter_seed};
    case Pass::backward_filter: return {gradient_seed, image_seed};
  }
  return {};
}

/// `length` values of an operand from `depth` on, zero on the padding.
template <typename Index>
void fill_operand(double* values, std::int64_t length, const Position& depth_sizes, Position depth,
                  ElementFormat format, std::uint64_t seed, Index index_at) {
  for (std::int64_t i = 0; i < length; ++i, advance(depth_sizes, depth)) {
    const std::int64_t index = index_at(depth);
    values[i] = index < 0 ? 0.0
                          : decode_element(
                                format, random_element_bits(format, seed, static_cast<std::uint64_t>(index)));
  }
}

/// Up to `wanted` of [0, size): the first and last of each coordinate, then random ones; ascending.
std::vector<std::int64_t> sample(const Position& sizes, std::int64_t wanted, std::uint64_t seed) {
  const std::int64_t size = count(sizes);
  std::vector<std::int64_t> chosen;
  if (size <= wanted) {
    chosen.resize(static_cast<std::size_t>(size));
    std::iota(chosen.begin(), chosen.end(), 0);
    return chosen;
  }
  for (int corner = 0; corner < 8; ++corner) {
    const std::int64_t a = corner & 1 ? sizes[0] - 1 : 0;
    const std::int64_t b = corner & 2 ? sizes[1] - 1 : 0;
    const std::int64_t c = corner & 4 ? sizes[2] - 1 : 0;
    chosen.push_back((a * sizes[1] + b) * sizes[2] + c);
  }
  std::sort(chosen.begin(), chosen.end());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  // First and last stay, whatever is wanted.
  while (static_cast<std::int64_t>(chosen.size()) > std::max<std::int64_t>(wanted, 2)) {
    chosen.erase(chosen.begin() + 1);
  }
  for (std::uint64_t i = 0; static_cast<std::int64_t>(chosen.size()) < wanted; ++i) {
    const auto candidate = static_cast<std::int64_t>(random_bits(seed, i) % static_cast<std::uint64_t>(size));
    const auto place = std::lower_bound(chosen.begin(), chosen.end(), candidate);
    if (place == chosen.end() || *place != candidate) chosen.insert(place, candidate);
  }
  return chosen;
}

/// Side m of a square grid that one thread evaluates in 0.2 s, at 6 ns for an operand (2 m of them for
/// each step in depth) and 1 ns for a product (m^2 of them).
std::int64_t grid_side(std::int64_t depth) {
  constexpr double nanoseconds = 2e8;
  const double per_step = nanoseconds / static_cast<double>(std::max<std::int64_t>(depth, 1));
  const auto side = static_cast<std::int64_t>(std::sqrt(36 + per_step) - 6);
  return std::clamp<std::int64_t>(side, 7, 64);
}

}  // namespace

ProductSize product_size(const ConvolutionProblem& problem) {
  const ProductCoordinates coordinates = product_coordinates(problem);
  return {count(coordinates.rows), count(coordinates.columns), count(coordinates.depth)};
}

bool is_empty(const ConvolutionProblem& problem) {
  return problem.result_elements() == 0 || product_size(problem).depth == 0;
}

SampleGrid sample_grid(const ConvolutionProblem& problem) {
  constexpr double affordable_products = 1 << 25;
  const ProductCoordinates coordinates = product_coordinates(problem);
  const ProductSize size = product_size(problem);
  if (static_cast<double>(size.rows) * static_cast<double>(size.columns) * static_cast<double>(size.depth) <=
      affordable_products) {
    return {sample(coordinates.rows, size.rows, 0), sample(coordinates.columns, size.columns, 0)};
  }
  const std::int64_t side = grid_side(size.depth);
  // A narrow result (the three channels of an image) is sampled in more rows instead.
  const std::int64_t columns = std::min(side, size.columns);
  const std::int64_t rows = std::min(side * side / columns, size.rows);
  return {sample(coordinates.rows, rows, 1), sample(coordinates.columns, columns, 2)};
}

std::vector<std::int64_t> element_indices(const ConvolutionProblem& problem, const SampleGrid& grid) {
  const std::int64_t columns = product_size(problem).columns;
  std::vector<std::int64_t> indices;
  indices.reserve(grid.size());
  for (const std::int64_t row : grid.rows) {
    for (const std::int64_t column : grid.columns) indices.push_back(row * columns + column);
  }
  return indices;
}

Reference evaluate_reference(const ConvolutionProblem& problem, const SampleGrid& grid) {
  const ProductCoordinates sizes = product_coordinates(problem);
  const ElementFormat format = stored_format(problem.type);
  const Seeds seed = seeds(problem.pass);
  const auto rows = static_cast<std::int64_t>(grid.rows.size());
  const auto columns = static_cast<std::int64_t>(grid.columns.size());
  const std::int64_t depth = count(sizes.depth);
  Reference reference{std::vector<double>(grid.size()), std::vector<double>(grid.size())};
  if (grid.size() == 0 || depth == 0) return reference;

  // Operands of at most 16 MiB at a time, of which a core's cache holds the two of an element.
  const std::int64_t slab =
      std::min(depth, std::clamp<std::int64_t>((std::int64_t{1} << 21) / (rows + columns), 16, 16384));
  std::vector<double> left(static_cast<std::size_t>(rows * slab));
  std::vector<double> right(static_cast<std::size_t>(columns * slab));
  for (std::int64_t first = 0; first < depth; first += slab) {
    const std::int64_t length = std::min(slab, depth - first);
    const Position start = position(sizes.depth, first);
#pragma omp parallel for schedule(static)
    for (std::int64_t vector = 0; vector < rows + columns; ++vector) {
      if (vector < rows) {
        const Position row = position(sizes.rows, grid.rows[static_cast<std::size_t>(vector)]);
        fill_operand(&left[static_cast<std::size_t>(vector * slab)], length, sizes.depth, start, format,
                     seed.left, [&](const Position& at) { return left_index(problem, row, at); });
      } else {
        const std::int64_t j = vector - rows;
        const Position column = position(sizes.columns, grid.columns[static_cast<std::size_t>(j)]);
        fill_operand(&right[static_cast<std::size_t>(j * slab)], length, sizes.depth, start, format,
                     seed.right, [&](const Position& at) { return right_index(problem, column, at); });
      }
    }
#pragma omp parallel for schedule(static)
    for (std::int64_t element = 0; element < rows * columns; ++element) {
      const double* a = &left[static_cast<std::size_t>(element / columns * slab)];
      const double* b = &right[static_cast<std::size_t>(element % columns * slab)];
      double sum = 0, squares = 0;
#pragma omp simd reduction(+ : sum, squares)
      for (std::int64_t i = 0; i < length; ++i) {
        const double product = a[i] * b[i];
        sum += product;
        squares += product * product;
      }
      reference.values[static_cast<std::size_t>(element)] += sum;
      reference.spreads[static_cast<std::size_t>(element)] += squares;
    }
  }
  for (double& spread : reference.spreads) spread = std::sqrt(spread);
  return reference;
}

double error_bound(ElementType type, std::int64_t depth, double value, double spread) {
  const double k = static_cast<double>(depth);
  const double size = std::abs(value);
  double bound = 6 * 0x1p-24 * std::sqrt(k) * spread;
  switch (type) {
    case ElementType::fp32: return bound + 0x1p-24 * size;
    case ElementType::tf32:
      bound += 0x1p-23 * k / 4 * spread + 0x1p-10 * (size + 3.3 * spread);
      return bound + 0x1p-24 * size;
    case ElementType::fp16:
      bound += 0x1p-23 * k / 8 * spread;
      return bound + (spread > 0 ? std::max(0x1p-11 * (size + bound), 0x1p-25) : 0);
    case ElementType::bf16: bound += 0x1p-23 * k / 8 * spread; return bound + 0x1p-8 * (size + bound);
  }
  return 0;
}

Verification compare_with_reference(const ConvolutionProblem& problem, const SampleGrid& grid,
                                    const Reference& reference, const std::vector<std::uint32_t>& results) {
  const ElementFormat format = stored_format(problem.type);
  const std::int64_t depth = product_size(problem).depth;
  Verification verification;
  std::size_t worst = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const double deviation = std::abs(decode_element(format, results[i]) - reference.values[i]);
    const double bound = error_bound(problem.type, depth, reference.values[i], reference.spreads[i]);
    // A sum of padding alone is exactly zero. NaN fails every comparison, so it is asked for first.
    const double error = std::isnan(deviation) ? std::numeric_limits<double>::infinity()
                         : deviation == 0      ? 0
                                               : deviation / bound;
    if (error > verification.error) {
      verification.error = error;
      worst = i;
    }
  }
  std::ostringstream detail;
  if (results.empty()) {
    detail << "nothing to compute";
  } else {
    detail << "largest deviation of " << results.size() << " compared elements at row "
           << grid.rows[worst / grid.columns.size()] << ", column "
           << grid.columns[worst % grid.columns.size()] << ": got " << decode_element(format, results[worst])
           << ", reference " << reference.values[worst];
  }
  verification.detail = detail.str();
  return verification;
}

}  // namespace cuparity
