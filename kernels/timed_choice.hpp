// Which of several candidates to take, by times that were measured in turn. Pure.
#pragma once

#include <cstddef>
#include <vector>

namespace cuparity {

/// The one in the middle, or the mean of the two that are. `values` is not empty.
double median_time(std::vector<double> values);

/// times[i][round] of candidate i. All candidates of a round ran one after the other, so what disturbs a round
/// disturbs them alike. A candidate with fewer rounds than the longest was given up as too slow.
using TimesInTurn = std::vector<std::vector<double>>;

/// The candidate of the smallest median. `times` is not empty, nor is any candidate's first round missing.
std::size_t fastest(const TimesInTurn& times);

/// The earliest candidate that is not measurably slower than the fastest: the median ratio of their times in the
/// same round is within three standard errors of 1 (from the ratios' median absolute deviation), or within
/// `least_margin`, by which the same code differs from process to process. So noise does not change the choice. However
/// noisy the times, it is within 5 % (or `least_margin`, if that is more) of the fastest.
std::size_t earliest_as_fast(const TimesInTurn& times, double least_margin);

/// The candidates, in order, that were timed to the end and whose median is at most `share` above the smallest.
std::vector<std::size_t> about_as_fast(const TimesInTurn& times, double share);

/// True if the candidate need not be timed further: its best time so far is more than `share` above that of the
/// fastest candidate's.
bool is_hopeless(const TimesInTurn& times, std::size_t candidate, double share);

}  // namespace cuparity
