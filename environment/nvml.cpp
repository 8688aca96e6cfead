#include "environment/nvml.hpp"

#include <dlfcn.h>

#include <array>
#include <string_view>
#include <utility>

#include "environment/library_handle.hpp"
#include "environment/nvml_abi.hpp"

namespace cuparity::environment {

/// The functions of the loaded library; one that an older driver lacks is null.
struct Nvml::Library {
  explicit Library(void* loaded) : handle(loaded) {
    find(init, "nvmlInit_v2");
    find(init_with_flags, "nvmlInitWithFlags");
    find(shutdown, "nvmlShutdown");
    find(error_string, "nvmlErrorString");
    find(driver_version, "nvmlSystemGetDriverVersion");
    find(cuda_driver_version, "nvmlSystemGetCudaDriverVersion_v2");
    if (cuda_driver_version == nullptr) find(cuda_driver_version, "nvmlSystemGetCudaDriverVersion");
    find(count, "nvmlDeviceGetCount_v2");
    find(handle_by_index, "nvmlDeviceGetHandleByIndex_v2");
    find(handle_by_uuid, "nvmlDeviceGetHandleByUUID");
    find(minor_number, "nvmlDeviceGetMinorNumber");
    find(mig_count, "nvmlDeviceGetMaxMigDeviceCount");
    find(mig_handle, "nvmlDeviceGetMigDeviceHandleByIndex");
    find(name, "nvmlDeviceGetName");
    find(uuid, "nvmlDeviceGetUUID");
    find(board_part_number, "nvmlDeviceGetBoardPartNumber");
    find(pci_info, "nvmlDeviceGetPciInfo_v3");
    find(memory_info, "nvmlDeviceGetMemoryInfo");
    find(persistence_mode, "nvmlDeviceGetPersistenceMode");
    find(compute_mode, "nvmlDeviceGetComputeMode");
    find(mig_mode, "nvmlDeviceGetMigMode");
    find(ecc_mode, "nvmlDeviceGetEccMode");
    find(clock_info, "nvmlDeviceGetClockInfo");
    find(temperature, "nvmlDeviceGetTemperature");
    find(power_usage, "nvmlDeviceGetPowerUsage");
    find(clocks_event_reasons, "nvmlDeviceGetCurrentClocksThrottleReasons");
    if (clocks_event_reasons == nullptr) find(clocks_event_reasons, "nvmlDeviceGetCurrentClocksEventReasons");
    find(compute_processes, "nvmlDeviceGetComputeRunningProcesses_v3");
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() {
    if (initialised && shutdown != nullptr) shutdown();
    dlclose(handle);
  }

  template <typename Function>
  void find(Function& function, const char* symbol) {
    function = reinterpret_cast<Function>(dlsym(handle, symbol));
  }

  std::string describe(nvml::Return code) const {
    std::string text = "NVML error " + std::to_string(code);
    if (error_string != nullptr) text += std::string(" (") + error_string(code) + ")";
    return text;
  }

  /// The handle of GPU `index`, or null.
  nvml::Device device(unsigned index) const {
    nvml::Device found = nullptr;
    if (handle_by_index == nullptr || handle_by_index(index, &found) != nvml::success) return nullptr;
    return found;
  }

  std::vector<std::string> mig_uuids(nvml::Device gpu) const {
    std::vector<std::string> uuids;
    unsigned most = 0;
    if (mig_count == nullptr || mig_handle == nullptr || uuid == nullptr ||
        mig_count(gpu, &most) != nvml::success)
      return uuids;
    for (unsigned index = 0; index < most; ++index) {
      nvml::Device mig = nullptr;
      char text[nvml::uuid_size] = {};
      if (mig_handle(gpu, index, &mig) == nvml::success &&
          uuid(mig, text, nvml::uuid_size) == nvml::success)
        uuids.emplace_back(text);
    }
    return uuids;
  }

  void* handle;
  bool initialised = false;
  nvml::Init init = nullptr;
  nvml::InitWithFlags init_with_flags = nullptr;
  nvml::Shutdown shutdown = nullptr;
  nvml::ErrorString error_string = nullptr;
  nvml::SystemGetText driver_version = nullptr;
  nvml::SystemGetNumber cuda_driver_version = nullptr;
  nvml::GetCount count = nullptr;
  nvml::GetHandleByIndex handle_by_index = nullptr;
  nvml::GetHandleByUuid handle_by_uuid = nullptr;
  nvml::GetState minor_number = nullptr;
  nvml::GetState mig_count = nullptr;
  nvml::GetMigHandle mig_handle = nullptr;
  nvml::GetText name = nullptr;
  nvml::GetText uuid = nullptr;
  nvml::GetText board_part_number = nullptr;
  nvml::GetPciInfo pci_info = nullptr;
  nvml::GetMemoryInfo memory_info = nullptr;
  nvml::GetState persistence_mode = nullptr;
  nvml::GetState compute_mode = nullptr;
  nvml::GetTwoStates mig_mode = nullptr;
  nvml::GetTwoStates ecc_mode = nullptr;
  nvml::GetKind clock_info = nullptr;
  nvml::GetKind temperature = nullptr;
  nvml::GetState power_usage = nullptr;
  nvml::GetMask clocks_event_reasons = nullptr;
  nvml::GetProcesses compute_processes = nullptr;
};

namespace {

/// The text that `function` fills in, or nothing where the function is missing or fails.
std::string read_text(nvml::GetText function, nvml::Device device, unsigned size) {
  std::string text(size, '\0');
  if (function == nullptr || function(device, text.data(), size) != nvml::success) return {};
  return text.c_str();
}

std::optional<unsigned> read_number(nvml::GetState function, nvml::Device device) {
  unsigned value = 0;
  if (function == nullptr || function(device, &value) != nvml::success) return std::nullopt;
  return value;
}

std::optional<unsigned> read_number(nvml::GetKind function, nvml::Device device, unsigned kind) {
  unsigned value = 0;
  if (function == nullptr || function(device, kind, &value) != nvml::success) return std::nullopt;
  return value;
}

std::optional<bool> read_current_state(nvml::GetTwoStates function, nvml::Device device) {
  unsigned current = 0;
  unsigned pending = 0;
  if (function == nullptr || function(device, &current, &pending) != nvml::success) return std::nullopt;
  return current != 0;
}

std::optional<unsigned> count_processes(nvml::GetProcesses function, nvml::Device device) {
  if (function == nullptr) return std::nullopt;
  unsigned count = 0;
  const nvml::Return code = function(device, &count, nullptr);
  // With no room at all NVML says how many there are by this code.
  if (code != nvml::success && code != nvml::insufficient_size) return std::nullopt;
  return count;
}

}  // namespace

Nvml::Nvml(std::unique_ptr<Library> library) : library_(std::move(library)) {}
Nvml::~Nvml() = default;

std::unique_ptr<Nvml> Nvml::open(std::string& failure, int* code_of_init) {
  failure.clear();
  if (code_of_init != nullptr) *code_of_init = nvml::success;
  void* handle = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* reason = dlerror();
    failure =
        std::string("libnvidia-ml.so.1 can't be loaded: ") + (reason != nullptr ? reason : "no reason given");
    return nullptr;
  }
  auto library = std::make_unique<Library>(handle);
  if (library->init == nullptr && library->init_with_flags == nullptr) {
    failure = "libnvidia-ml.so.1 has no nvmlInit_v2: a stub or a foreign library";
    return nullptr;
  }
  const nvml::Return code = library->init != nullptr ? library->init() : library->init_with_flags(0);
  if (code_of_init != nullptr) *code_of_init = code;
  if (code != nvml::success) {
    failure = "nvmlInit: " + library->describe(code);
    return nullptr;
  }
  library->initialised = true;
  return std::unique_ptr<Nvml>(new Nvml(std::move(library)));
}

std::string Nvml::library_path() const { return path_of_library(library_->handle); }

std::string Nvml::driver_version() const {
  std::string text(nvml::version_size, '\0');
  if (library_->driver_version == nullptr ||
      library_->driver_version(text.data(), nvml::version_size) != nvml::success)
    return {};
  return text.c_str();
}

std::string Nvml::cuda_driver_version() const {
  int version = 0;
  if (library_->cuda_driver_version == nullptr || library_->cuda_driver_version(&version) != nvml::success)
    return {};
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

std::vector<NvmlDevice> Nvml::devices() const {
  unsigned count = 0;
  if (library_->count == nullptr || library_->count(&count) != nvml::success) return {};
  std::vector<NvmlDevice> devices;
  for (unsigned index = 0; index < count; ++index) {
    NvmlDevice& device = devices.emplace_back();
    device.index = index;
    const nvml::Device handle = library_->device(index);
    if (handle == nullptr) continue;  // counted, but this process may not use it
    device.name = read_text(library_->name, handle, nvml::name_size);
    device.uuid = read_text(library_->uuid, handle, nvml::uuid_size);
    device.board_part_number = read_text(library_->board_part_number, handle, nvml::part_number_size);
    nvml::PciInfo pci{};
    if (library_->pci_info != nullptr && library_->pci_info(handle, &pci) == nvml::success)
      device.pci_bus_id = pci.bus_id;
    device.minor = read_number(library_->minor_number, handle);
    device.mig_uuids = library_->mig_uuids(handle);
    nvml::Memory memory{};
    if (library_->memory_info != nullptr && library_->memory_info(handle, &memory) == nvml::success)
      device.memory_total_bytes = memory.total;
    if (const auto mode = read_number(library_->persistence_mode, handle))
      device.persistence_mode = *mode != 0;
    device.compute_mode = read_number(library_->compute_mode, handle);
    device.mig_enabled = read_current_state(library_->mig_mode, handle);
    device.ecc_enabled = read_current_state(library_->ecc_mode, handle);
  }
  return devices;
}

int Nvml::find_by_uuid(const std::string& uuid) const {
  nvml::Device found = nullptr;
  return library_->handle_by_uuid == nullptr ? nvml::function_not_found
                                             : library_->handle_by_uuid(uuid.c_str(), &found);
}

NvmlReading Nvml::read(unsigned index) const {
  NvmlReading reading;
  const nvml::Device device = library_->device(index);
  if (device == nullptr) return reading;
  reading.sm_clock_mhz = read_number(library_->clock_info, device, nvml::clock_sm);
  reading.memory_clock_mhz = read_number(library_->clock_info, device, nvml::clock_memory);
  reading.temperature_celsius = read_number(library_->temperature, device, nvml::temperature_gpu);
  if (const auto milliwatts = read_number(library_->power_usage, device))
    reading.power_watts = *milliwatts / 1000.0;
  unsigned long long reasons = 0;
  if (library_->clocks_event_reasons != nullptr &&
      library_->clocks_event_reasons(device, &reasons) == nvml::success)
    reading.clocks_event_reasons = reasons;
  reading.processes = count_processes(library_->compute_processes, device);
  return reading;
}

std::vector<std::string> clocks_event_reason_names(std::uint64_t reasons) {
  // nvmlClocksEventReason* (formerly nvmlClocksThrottleReason*).
  static constexpr std::array<std::string_view, 9> names = {"gpu_idle",
                                                            "applications_clocks_setting",
                                                            "sw_power_cap",
                                                            "hw_slowdown",
                                                            "sync_boost",
                                                            "sw_thermal_slowdown",
                                                            "hw_thermal_slowdown",
                                                            "hw_power_brake_slowdown",
                                                            "display_clock_setting"};
  std::vector<std::string> set;
  for (unsigned bit = 0; bit < 64; ++bit) {
    if ((reasons >> bit & 1) == 0) continue;
    set.push_back(bit < names.size() ? std::string(names[bit]) : "bit_" + std::to_string(bit));
  }
  return set;
}

}  // namespace cuparity::environment
