// Copies both ways over a link at once. Either way is timed on its own while the other is at work, as nvbandwidth does it:
// timed until the slower way is done, the link would be idle one way in the end.
#pragma once

#include <cuda_runtime_api.h>

#include <functional>
#include <memory>
#include <vector>

namespace cuparity::device {

class OppositeCopies {
 public:
  struct Way {
    int gpu = 0;
    cudaStream_t stream = nullptr;
    std::function<void(cudaStream_t, int copies)> enqueue;  ///< copies on the stream, whose GPU is current
  };

  /// `copies` of each way are timed; one before and one after them keep the link busy meanwhile, as long as neither way is
  /// slower than the other by more than a copy.
  OppositeCopies(std::vector<Way> ways, int copies);
  ~OppositeCopies();

  /// Enqueues all copies and waits for them. Throws CudaError.
  void run();

  /// That `copies` copies each way take at the sum of both rates of the latest run.
  double seconds() const { return seconds_; }

 private:
  struct TimedWay;

  int copies_;
  std::vector<std::unique_ptr<TimedWay>> ways_;
  double seconds_ = 0;
};

}  // namespace cuparity::device
