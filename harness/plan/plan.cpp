#include "harness/plan/plan.hpp"

#include <cstddef>
#include <utility>

namespace cuparity {
namespace {

/// SplitMix64 (Steele, Lea, Flood 2014): the standard library's shuffles differ between implementations.
class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t state) : state_(state) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  /// Uniform in [0, bound); what would favour small numbers is drawn again.
  std::uint64_t below(std::uint64_t bound) {
    const std::uint64_t reject_below = -bound % bound;
    std::uint64_t number = next();
    while (number < reject_below) number = next();
    return number % bound;
  }

 private:
  std::uint64_t state_;
};

}  // namespace

std::vector<std::string> block_order(std::uint64_t seed, int block, const std::vector<std::string>& modes) {
  SplitMix64 seeds(seed);
  SplitMix64 random(seeds.next() ^ (static_cast<std::uint64_t>(block) + 1) * 0xd1342543de82ef95);
  std::vector<std::string> order = modes;
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  order.reserve(2 * modes.size());
  for (std::size_t i = modes.size(); i > 0; --i) order.push_back(order[i - 1]);
  return order;
}

}  // namespace cuparity
