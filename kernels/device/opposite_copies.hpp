// Copies both ways over a link at once. Either way is timed on its own while the other is at work, as nvbandwidth does it:
// timed until the slower way is done, the link would be idle one way in the end. Each way has a stream of its own that did
// nothing before: one that had written to a peer read from it 0.6 % slower, presumably by the copy engine that it kept.
#pragma once

#include <cuda_runtime_api.h>

#include <functional>
#include <memory>
#include <vector>

#include "kernels/device/context.hpp"

namespace cuparity::device {

class OppositeCopies {
 public:
  struct Way {
    int gpu = 0;
    std::function<void(cudaStream_t, int copies)> enqueue;  ///< copies on a stream of the GPU, which is current
  };

  /// `copies` of each way are timed; one before and one after them keep the link busy meanwhile, as long as neither way is
  /// slower than the other by more than a copy.
  OppositeCopies(Context& context, std::vector<Way> ways, int copies);
  ~OppositeCopies();

  /// Waits for what the context's stream holds, enqueues all copies and waits for them. Throws CudaError.
  void run();

  /// That `copies` copies each way take at the sum of both rates of the latest run.
  double seconds() const { return seconds_; }

 private:
  struct TimedWay;

  Context& context_;
  int copies_;
  std::vector<std::unique_ptr<TimedWay>> ways_;
  double seconds_ = 0;
};

}  // namespace cuparity::device
