// Comparing an output with its reference, element by element, by all cores.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <sstream>
#include <string>
#include <type_traits>

namespace cuparity::host {

/// A type with enough more digits than T that a reference in it may count as exact.
template <typename T>
using Reference = std::conditional_t<std::is_same_v<T, float>, double, long double>;

/// gamma_k = k u / (1 - k u) with u the unit roundoff of T (Higham, Accuracy and Stability of Numerical
/// Algorithms, 2nd ed., section 3.1): the relative growth of k roundings. The rounding of the reference
/// itself is added, so that a bound of one rounding can be met exactly.
template <typename T>
double rounding_bound(double k) {
  const double u = std::numeric_limits<T>::epsilon() / 2;
  return k * u / (1 - k * u) + 2 * static_cast<double>(std::numeric_limits<Reference<T>>::epsilon());
}

/// The exact value of an element and how far a correct output may be from it.
template <typename T>
struct Expected {
  Reference<T> value = 0;
  Reference<T> bound = 0;
};

/// The largest deviation among the elements, in units of its bound; infinity where NaN was found.
struct Deviation {
  double error = 0;
  std::uint64_t index = 0;

  /// Larger errors first; among equals the first element, so that the answer does not depend on threads.
  bool worse_than(const Deviation& other) const {
    return error > other.error || (error == other.error && error > 0 && index < other.index);
  }
};

/// |found - expected| in units of the bound. A bound of zero asks for equality.
template <typename T>
double deviation(T found, const Expected<T>& expected) {
  const auto distance = std::fabs(static_cast<Reference<T>>(found) - expected.value);
  if (std::isnan(distance)) return std::numeric_limits<double>::infinity();
  if (distance == 0) return 0;
  return expected.bound > 0 ? static_cast<double>(distance / expected.bound)
                            : std::numeric_limits<double>::infinity();
}

/// Compares values[j] with expected(index of j); the index is j itself, or indices[j] if those are given.
template <typename T, typename Function>
Deviation largest_deviation(const T* values, std::size_t count, const std::uint64_t* indices,
                            Function expected) {
  Deviation worst;
#pragma omp parallel if (count > 65536)
  {
    Deviation own;
#pragma omp for schedule(static) nowait
    for (std::size_t j = 0; j < count; ++j) {
      const std::uint64_t index = indices == nullptr ? j : indices[j];
      const Deviation here{deviation(values[j], expected(index)), index};
      if (here.worse_than(own)) own = here;
    }
#pragma omp critical(cuparity_largest_deviation)
    if (own.worse_than(worst)) worst = own;
  }
  return worst;
}

/// "element 7: found 1.5, expected 1.25", with all digits.
template <typename T>
std::string describe(std::uint64_t index, T found, Reference<T> expected) {
  std::ostringstream text;
  using Limits = std::numeric_limits<T>;
  text.precision(Limits::is_integer ? Limits::digits10 + 1 : Limits::max_digits10);  // an integer has no max_digits10
  text << "element " << index << ": found " << found << ", expected " << expected;
  return text.str();
}

}  // namespace cuparity::host
