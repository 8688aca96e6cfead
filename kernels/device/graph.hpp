// What is enqueued by several calls, captured so that one call enqueues it. C++17.
#pragma once

#include <cuda_runtime_api.h>

#include <exception>
#include <functional>
#include <memory>
#include <utility>

#include "kernels/device/check.hpp"

namespace cuparity::device {

/// An executable CUDA graph.
class Graph {
 public:
  /// Of what enqueue() puts into the stream, which does not run then. Throws CudaError or what enqueue() throws; the stream is
  /// out of capture then. Relaxed, so that a library may load code or take memory on the way.
  template <typename Enqueue>
  Graph(cudaStream_t stream, Enqueue&& enqueue) {
    check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed), "starting the capture of a graph");
    std::exception_ptr failure;
    try {
      std::forward<Enqueue>(enqueue)();
    } catch (...) {
      failure = std::current_exception();
    }
    cudaGraph_t graph = nullptr;
    const cudaError_t end_status = cudaStreamEndCapture(stream, &graph);
    graph_.reset(graph);
    if (failure) {
      cudaGetLastError();  // else the next kernel's launch would be blamed
      std::rethrow_exception(failure);
    }
    check(end_status, "ending the capture of a graph");
    cudaGraphExec_t executable = nullptr;
    check(cudaGraphInstantiateWithFlags(&executable, graph, 0), "instantiating a graph");
    executable_.reset(executable);
  }

  void launch(cudaStream_t stream) const { check(cudaGraphLaunch(executable_.get(), stream), "launching a graph"); }

 private:
  struct Destroy {
    void operator()(cudaGraph_t graph) const { cudaGraphDestroy(graph); }
    void operator()(cudaGraphExec_t executable) const { cudaGraphExecDestroy(executable); }
  };

  std::unique_ptr<CUgraph_st, Destroy> graph_;
  std::unique_ptr<CUgraphExec_st, Destroy> executable_;
};

/// Enqueues what enqueue() puts into `stream`, by one launch; by enqueue() itself where that can't be captured. The host's time
/// for the calls is then not in that of short work, nor are gaps between kernels.
inline std::function<void()> by_one_launch(cudaStream_t stream, std::function<void()> enqueue) {
  try {
    const auto graph = std::make_shared<const Graph>(stream, enqueue);
    return [graph, stream, enqueue] { graph->launch(stream); };  // enqueue owns what the kernels work on
  } catch (const std::exception&) {
    cudaGetLastError();  // else the next kernel's launch would be blamed
    return enqueue;
  }
}

}  // namespace cuparity::device
