#include "kernels/device/opposite_copies.hpp"

#include <optional>
#include <utility>

#include "kernels/device/several_gpus.hpp"

namespace cuparity::device {

struct OppositeCopies::TimedWay {
  explicit TimedWay(Way the_way) : way(std::move(the_way)) {
    const CurrentGpu current(way.gpu);
    stream.emplace();
    begin.emplace();
    end.emplace();
  }

  void enqueue() const {
    const CurrentGpu current(way.gpu);
    way.enqueue(stream->get(), 1);
  }

  void enqueue_timed(int copies) const {
    const CurrentGpu current(way.gpu);
    check(cudaEventRecord(begin->get(), stream->get()), "recording the begin of one way of a two-way copy");
    way.enqueue(stream->get(), copies);
    check(cudaEventRecord(end->get(), stream->get()), "recording the end of one way of a two-way copy");
  }

  /// Waits for all of this way.
  double seconds() const {
    const CurrentGpu current(way.gpu);
    check(cudaStreamSynchronize(stream->get()), "copying both ways at once");
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, begin->get(), end->get()), "reading the time of one way of a two-way copy");
    return 1e-3 * static_cast<double>(milliseconds);
  }

  Way way;
  std::optional<Stream> stream;  ///< of the way's GPU, as the events
  std::optional<Event> begin, end;
};

OppositeCopies::OppositeCopies(Context& context, std::vector<Way> ways, int copies) : context_(context), copies_(copies) {
  for (Way& way : ways) ways_.push_back(std::make_unique<TimedWay>(std::move(way)));
}

OppositeCopies::~OppositeCopies() = default;

void OppositeCopies::run() {
  context_.synchronize("waiting for what is before a two-way copy");
  for (const auto& way : ways_) way->enqueue();
  for (const auto& way : ways_) way->enqueue_timed(copies_);
  for (const auto& way : ways_) way->enqueue();
  double rates = 0;  // of all copies of a way, a second; infinite for empty ones, which take no time
  for (const auto& way : ways_) rates += 1 / way->seconds();
  seconds_ = static_cast<double>(ways_.size()) / rates;
}

}  // namespace cuparity::device
