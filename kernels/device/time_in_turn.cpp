#include "kernels/device/time_in_turn.hpp"

#include <chrono>
#include <cmath>

namespace cuparity::device {
namespace {

using Candidate = std::function<void(cudaStream_t)>;

/// Enqueues a run of the candidate from a flushed L2, between the two events.
void enqueue_timed(const Candidate& candidate, Context& context, const Event& start, const Event& stop) {
  context.flush_l2();
  check(cudaEventRecord(start.get(), context.stream()), "timing a candidate");
  candidate(context.stream());
  check(cudaEventRecord(stop.get(), context.stream()), "timing a candidate");
}

double seconds_between(const Event& start, const Event& stop) {
  float milliseconds = 0;
  check(cudaEventElapsedTime(&milliseconds, start.get(), stop.get()), "timing a candidate");
  return 1e-3 * static_cast<double>(milliseconds);
}

}  // namespace

TimesInTurn time_in_turn(const std::vector<Candidate>& candidates, Context& context, const TimingLimits& limits) {
  const auto begin = std::chrono::steady_clock::now();
  const auto time_is_left = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() < limits.seconds;
  };
  const std::vector<Event> starts(candidates.size()), stops(candidates.size());
  TimesInTurn times(candidates.size());
  std::vector<char> given_up(candidates.size(), 0);
  for (int round = 0; round < limits.rounds && (round == 0 || time_is_left()); ++round) {
    if (round == 2)
      for (std::size_t i = 0; i < candidates.size(); ++i) given_up[i] = is_hopeless(times, i, limits.give_up);
    if (limits.host_ahead)  // about 0.1 ms of work, so that the host is ahead of the first candidate, too
      for (int lead = 0; lead < 4; ++lead) context.flush_l2();
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (given_up[i]) continue;
      enqueue_timed(candidates[i], context, starts[i], stops[i]);
      if (!limits.host_ahead) context.synchronize("timing a candidate");
    }
    context.synchronize("timing candidates in turn");
    for (std::size_t i = 0; i < candidates.size(); ++i)
      if (!given_up[i]) times[i].push_back(seconds_between(starts[i], stops[i]));
  }
  return times;
}

TimesInTurn time_sustained(const std::vector<Candidate>& candidates, const std::vector<double>& seconds,
                           Context& context, const SustainedSpans& spans) {
  TimesInTurn times(candidates.size());
  for (int round = 0; round < spans.rounds; ++round) {
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      const auto runs = static_cast<std::size_t>(std::ceil(spans.seconds / seconds[i]));
      const std::vector<Event> starts(runs), stops(runs);
      for (std::size_t run = 0; run < 2 * runs; ++run)  // the first half is overwritten
        enqueue_timed(candidates[i], context, starts[run % runs], stops[run % runs]);
      context.synchronize("timing a candidate at work for long");
      double total = 0;
      for (std::size_t run = 0; run < runs; ++run) total += seconds_between(starts[run], stops[run]);
      times[i].push_back(total / static_cast<double>(runs));
    }
  }
  return times;
}

}  // namespace cuparity::device
