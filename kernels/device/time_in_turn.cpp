#include "kernels/device/time_in_turn.hpp"

#include <chrono>

namespace cuparity::device {
namespace {

double seconds_once(const std::function<void(cudaStream_t)>& candidate, Context& context, const Event& start,
                    const Event& stop) {
  context.flush_l2();  // the host enqueues the rest meanwhile
  check(cudaEventRecord(start.get(), context.stream()), "timing a candidate");
  candidate(context.stream());
  check(cudaEventRecord(stop.get(), context.stream()), "timing a candidate");
  context.synchronize("timing a candidate");
  float milliseconds = 0;
  check(cudaEventElapsedTime(&milliseconds, start.get(), stop.get()), "timing a candidate");
  return 1e-3 * static_cast<double>(milliseconds);
}

}  // namespace

TimesInTurn time_in_turn(const std::vector<std::function<void(cudaStream_t)>>& candidates, Context& context,
                         const TimingLimits& limits) {
  const auto begin = std::chrono::steady_clock::now();
  const auto time_is_left = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() < limits.seconds;
  };
  const Event start, stop;
  TimesInTurn times(candidates.size());
  std::vector<char> given_up(candidates.size(), 0);
  for (int round = 0; round < limits.rounds && (round == 0 || time_is_left()); ++round) {
    if (round == 2)
      for (std::size_t i = 0; i < candidates.size(); ++i) given_up[i] = is_hopeless(times, i, limits.give_up);
    for (std::size_t i = 0; i < candidates.size(); ++i)
      if (!given_up[i]) times[i].push_back(seconds_once(candidates[i], context, start, stop));
  }
  return times;
}

}  // namespace cuparity::device
