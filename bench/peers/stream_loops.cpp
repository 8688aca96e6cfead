// The four loops of STREAM over static arrays, left to the compiler (-O3 -fopenmp), as in J. McCalpin's benchmark. The
// inputs are ours, so that the results can be verified.
#include <stdexcept>
#include <string>

#include "bench/peers/peer.hpp"
#include "kernels/bandwidth/stream_operation.hpp"
#include "kernels/bandwidth/stream_reference.hpp"
#include "kernels/host/memory.hpp"

namespace cuparity {
namespace {

constexpr std::size_t array_elements = std::size_t{1} << 25;  // 256 MiB, as our rows have

// Static, because that is what is compared with: the compiler knows their addresses and that they do not overlap.
double a[array_elements];
double b[array_elements];
double c[array_elements];

void copy() {
#pragma omp parallel for
  for (std::size_t j = 0; j < array_elements; ++j) c[j] = a[j];
}

void scale(double scalar) {
#pragma omp parallel for
  for (std::size_t j = 0; j < array_elements; ++j) c[j] = scalar * a[j];
}

void add() {
#pragma omp parallel for
  for (std::size_t j = 0; j < array_elements; ++j) c[j] = a[j] + b[j];
}

void triad(double scalar) {
#pragma omp parallel for
  for (std::size_t j = 0; j < array_elements; ++j) c[j] = a[j] + scalar * b[j];
}

/// The first touch, by the threads that the loops give each page to.
void touch() {
#pragma omp parallel for
  for (std::size_t j = 0; j < array_elements; ++j) {
    a[j] = 1.0;
    b[j] = 2.0;
    c[j] = 0.0;
  }
}

class StreamLoops final : public Execution {
 public:
  explicit StreamLoops(StreamOperation operation) : operation_(operation) {
    touch();
    host::fill_random(a, array_elements, x_seed);
    host::fill_random(b, array_elements, y_seed);
  }

  void run() override {
    switch (operation_) {
      case StreamOperation::copy: return copy();
      case StreamOperation::scale: return scale(stream_scalar<double>);
      case StreamOperation::add: return add();
      case StreamOperation::triad: return triad(stream_scalar<double>);
      default: throw std::logic_error("STREAM has no " + std::string(to_string(operation_)));
    }
  }

  Verification verify() override {
    host::poison(c, sizeof c);
    run();
    Verification verification = compare_stream_output(operation_, c, array_elements);
    verification.digest = host::digest(c, sizeof c);
    return verification;
  }

 private:
  StreamOperation operation_;
};

}  // namespace

std::vector<Case> stream_loops_cases(const std::vector<Case>& ours) {
  std::vector<Case> cases;
  for (const StreamOperation operation :
       {StreamOperation::copy, StreamOperation::scale, StreamOperation::add, StreamOperation::triad})
    for (Case& row : taken_over(ours, "bandwidth/" + std::string(to_string(operation)) + "/fp64/256MiB",
                                [operation](const Case&, device::Context*) -> std::unique_ptr<Execution> {
                                  return std::make_unique<StreamLoops>(operation);
                                }))
      cases.push_back(std::move(row));
  return cases;
}

}  // namespace cuparity
