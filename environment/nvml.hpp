// NVML by dlopen: nothing is linked, so the same program runs where there is no NVIDIA driver.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cuparity::environment {

/// One GPU as NVML shows it. Fields that the driver does not report are empty.
struct NvmlDevice {
  unsigned index = 0;
  std::string name;
  std::string uuid;
  std::string pci_bus_id;
  std::string board_part_number;  ///< boards of one model differ, in their memory for instance
  std::optional<unsigned> minor;  ///< its node is /dev/nvidia<minor>
  std::uint64_t memory_total_bytes = 0;
  std::optional<bool> persistence_mode;
  std::optional<bool> mig_enabled;
  std::optional<bool> ecc_enabled;
  std::optional<unsigned> compute_mode;  ///< nvmlComputeMode_t: 0 default, 2 prohibited, 3 exclusive process
  std::vector<std::string> mig_uuids;  ///< of its MIG devices
};

/// A moment of one GPU's life.
struct NvmlReading {
  std::optional<unsigned> sm_clock_mhz;
  std::optional<unsigned> memory_clock_mhz;
  std::optional<unsigned> temperature_celsius;
  std::optional<double> power_watts;
  std::optional<std::uint64_t> clocks_event_reasons;  ///< NVML's bit mask (throttle reasons)
  std::optional<unsigned> processes;                  ///< compute processes on the GPU
};

class Nvml {
 public:
  /// Loads libnvidia-ml.so.1 and initialises it. `failure` gets why not, with NVML's code; `code`, where
  /// given, the code alone (0 where nvmlInit was not reached).
  static std::unique_ptr<Nvml> open(std::string& failure, int* code = nullptr);
  ~Nvml();
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  std::string library_path() const;         ///< real path of the loaded library
  std::string driver_version() const;       ///< e.g. "580.159.04"; empty if not reported
  std::string cuda_driver_version() const;  ///< highest CUDA that the driver allows, e.g. "13.0"
  std::vector<NvmlDevice> devices() const;
  NvmlReading read(unsigned index) const;
  /// NVML's code when the GPU is asked for by its UUID: 0 where this process may have it.
  int find_by_uuid(const std::string& uuid) const;

 private:
  struct Library;
  explicit Nvml(std::unique_ptr<Library> library);
  std::unique_ptr<Library> library_;
};

/// The names of the bits set in NVML's clocks event reasons, e.g. {"sw_power_cap"}.
std::vector<std::string> clocks_event_reason_names(std::uint64_t reasons);

}  // namespace cuparity::environment
