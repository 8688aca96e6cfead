#include "harness/stats/comparison.hpp"

namespace cuparity {

std::string to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::same: return "same";
    case Verdict::slower: return "slower";
    case Verdict::faster: return "faster";
    case Verdict::inconclusive: return "inconclusive";
    case Verdict::invalid: return "invalid";
  }
  return "invalid";
}

}  // namespace cuparity
