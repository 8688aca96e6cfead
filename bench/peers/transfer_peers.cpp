// Copies by the driver: inside the device, and between host and device in nvbandwidth's manner; and the memory's peak.
#include <limits>
#include <stdexcept>
#include <string>

#include "bench/peers/peer.hpp"
#include "kernels/bandwidth/bandwidth_cuda.hpp"
#include "kernels/device/context.hpp"
#include "kernels/device/memory.hpp"

namespace cuparity {
namespace {

using device::check;

/// Bytes over memory clock times bus width times two transfers a clock, as nvbandwidth and deviceQuery reckon.
class MemoryPeak final : public Execution {
 public:
  explicit MemoryPeak(const Case& row) {
    int device = 0, kilohertz = 0, bus_bits = 0;
    check(cudaGetDevice(&device), "asking for the device");
    check(cudaDeviceGetAttribute(&kilohertz, cudaDevAttrMemoryClockRate, device), "asking for the memory clock");
    check(cudaDeviceGetAttribute(&bus_bits, cudaDevAttrGlobalMemoryBusWidth, device), "asking for the bus width");
    if (kilohertz <= 0 || bus_bits <= 0)
      throw std::runtime_error("asking for the memory's peak: the driver does not tell clock and width");
    const double bytes_per_second = 2.0 * 1e3 * kilohertz * bus_bits / 8;
    seconds_ = row.work.bytes / bytes_per_second;
    clock_ = std::to_string(kilohertz / 1000) + " MHz x " + std::to_string(bus_bits) + " bit";
  }
  void run() override {}
  Verification verify() override { return {}; }  // computed: there is no output
  std::string algorithm() const override { return clock_; }
  double reported_seconds() const override { return seconds_; }

 private:
  double seconds_ = 0;
  std::string clock_;
};

constexpr int copies_a_measurement = 16;  // nvbandwidth's default number of copies between its events

Transfer transfer_of(const Case& row) {
  for (const Transfer transfer : all_transfers)
    if (row.name.find("/" + std::string(to_string(transfer)) + "/") != std::string::npos) return transfer;
  throw std::logic_error(row.name + " is no copy between host and device");
}

}  // namespace

std::vector<Case> memory_peak_cases(const std::vector<Case>& ours) {
  std::vector<Case> cases = taken_over(ours, "bandwidth/(read|write|copy|scale|add|triad|dot)/fp32/.*",
                                       [](const Case& row, device::Context*) -> std::unique_ptr<Execution> {
                                         return std::make_unique<MemoryPeak>(row);
                                       });
  for (Case& row : cases) row.timing = Timing::reported;
  return cases;
}

std::vector<Case> driver_copy_cases(const std::vector<Case>& ours) {
  return taken_over(ours, "bandwidth/copy/fp32/.*", [](const Case& row, device::Context* context) {
    return prepare_elementwise(*context, stream_problem_of(row, StreamOperation::copy),
                               [](const float* x, const float*, float* z, std::size_t count, cudaStream_t stream) {
                                 check(cudaMemcpyAsync(z, x, count * sizeof(float), cudaMemcpyDeviceToDevice, stream),
                                       "copying inside the GPU's memory");
                               });
  });
}

std::vector<Case> repeated_transfer_cases(const std::vector<Case>& ours) {
  std::vector<Case> cases = taken_over(
      ours, "bandwidth/.*_pinned/.*", [](const Case& row, device::Context* context) -> std::unique_ptr<Execution> {
        const Transfer transfer = transfer_of(row);
        const double directions = transfer == Transfer::bidirectional_pinned ? 2 : 1;
        return prepare_transfer(*context, transfer, static_cast<std::size_t>(row.work.bytes / directions),
                                copies_a_measurement);
      });
  for (Case& row : cases) row.operations = copies_a_measurement;
  return cases;
}

}  // namespace cuparity
