// Numbers as people read them in reasons and tables.
#pragma once

#include <optional>
#include <string>

#include "harness/stats/comparison.hpp"

namespace cuparity {

/// 0.0123 -> "+1.23 %"; more digits the smaller it is, 0.00012 -> "+0.012 %". "-" where not finite.
std::string signed_percent(double ratio);
/// The same without a plus sign.
std::string plain_percent(double ratio);
/// "-0.12 % to +0.34 %" of the comparison's interval; "unbounded" where it has none.
std::string interval_text(const Comparison& comparison);
/// "+3.10 % (interval +2.90 % to +3.30 %)"; where it is the slow-down in time that decided, that: "+5.0 % in time (…)".
std::string slow_down_text(const Comparison& comparison);
/// "per clock, in time +0.40 %" of what was compared in cycles, else empty.
std::string per_clock_remark(const Comparison& comparison);
/// "about 24 blocks would settle it", of `unit`; without a number that more would hardly do so.
std::string settle_advice(std::optional<int> number, const std::string& unit);
/// "; compared in clock cycles, in time it is +0.40 %", for the end of a reason. `time_effect` is relative.
std::string per_clock_note(double time_effect);

}  // namespace cuparity
