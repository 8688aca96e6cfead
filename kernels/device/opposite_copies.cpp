#include "kernels/device/opposite_copies.hpp"

#include <optional>
#include <utility>

#include "kernels/device/context.hpp"
#include "kernels/device/several_gpus.hpp"

namespace cuparity::device {

struct OppositeCopies::TimedWay {
  explicit TimedWay(Way the_way) : way(std::move(the_way)) {
    const CurrentGpu current(way.gpu);
    begin.emplace();
    end.emplace();
  }

  void enqueue() const {
    const CurrentGpu current(way.gpu);
    way.enqueue(way.stream, 1);
  }

  void enqueue_timed(int copies) const {
    const CurrentGpu current(way.gpu);
    check(cudaEventRecord(begin->get(), way.stream), "recording the begin of one way of a two-way copy");
    way.enqueue(way.stream, copies);
    check(cudaEventRecord(end->get(), way.stream), "recording the end of one way of a two-way copy");
  }

  /// Waits for all of this way.
  double seconds() const {
    const CurrentGpu current(way.gpu);
    check(cudaStreamSynchronize(way.stream), "copying both ways at once");
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, begin->get(), end->get()), "reading the time of one way of a two-way copy");
    return 1e-3 * static_cast<double>(milliseconds);
  }

  Way way;
  std::optional<Event> begin, end;  ///< of the way's GPU
};

OppositeCopies::OppositeCopies(std::vector<Way> ways, int copies) : copies_(copies) {
  for (Way& way : ways) ways_.push_back(std::make_unique<TimedWay>(std::move(way)));
}

OppositeCopies::~OppositeCopies() = default;

void OppositeCopies::run() {
  for (const auto& way : ways_) way->enqueue();
  for (const auto& way : ways_) way->enqueue_timed(copies_);
  for (const auto& way : ways_) way->enqueue();
  double rates = 0;  // of all copies of a way, a second; infinite for empty ones, which take no time
  for (const auto& way : ways_) rates += 1 / way->seconds();
  seconds_ = static_cast<double>(ways_.size()) / rates;
}

}  // namespace cuparity::device
