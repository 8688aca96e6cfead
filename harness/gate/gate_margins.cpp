#include "harness/gate/gate_margins.hpp"

#include <fmt/format.h>

#include "harness/errors.hpp"
#include "harness/history/expected_change.hpp"
#include "harness/stats/margins.hpp"

namespace cuparity {

std::function<double(const std::string&)> margins_with(const std::vector<std::string>& overrides,
                                                       const std::map<std::string, double>& base) {
  std::map<std::string, double> by_class;
  for (const std::string& text : overrides) {
    const std::size_t equals = text.rfind('=');
    if (equals == std::string::npos || equals == 0) {
      throw UsageError(fmt::format("--margin {}: write class=share, e.g. gemm=0.5% or default=0.02", text));
    }
    by_class[text.substr(0, equals)] = parse_share(text.substr(equals + 1), "--margin " + text);
  }
  return [by_class, base](const std::string& name) {
    const auto own = by_class.find(name.substr(0, name.find('/')));
    if (own != by_class.end()) {
      return own->second;
    }
    const auto fallback = by_class.find("default");
    return fallback != by_class.end() ? fallback->second : margin_of(name, base);
  };
}

}  // namespace cuparity
