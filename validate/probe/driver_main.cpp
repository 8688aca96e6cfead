// cuparity-probe-driver nvml|cuda [UUID or PCI address of a GPU to ask for]...
// What the driver's libraries say, as one line of JSON. Loads them by name and needs no CUDA Toolkit.
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "environment/cuda_driver.hpp"
#include "environment/nvml.hpp"

namespace {

using nlohmann::json;

json ask_nvml(const std::vector<std::string>& uuids) {
  std::string failure;
  int code = 0;
  const auto nvml = cuparity::environment::Nvml::open(failure, &code);
  if (!nvml) return {{"outcome", "failed"}, {"failure", failure}, {"code", code}};
  json gpus = json::array();
  for (const auto& device : nvml->devices()) {
    gpus.push_back({{"index", device.index},
                    {"name", device.name},
                    {"uuid", device.uuid},
                    {"pci_bus_id", device.pci_bus_id},
                    {"minor", device.minor ? json(*device.minor) : json()},
                    {"mig_uuids", device.mig_uuids}});
  }
  json asked = json::object();
  for (const std::string& uuid : uuids) asked[uuid] = nvml->find_by_uuid(uuid);
  return {{"outcome", "ok"},           {"code", 0},   {"library", nvml->library_path()},
          {"driver_version", nvml->driver_version()}, {"gpus", gpus}, {"asked", asked}};
}

using cuparity::environment::CudaDriver;
using cuparity::environment::CudaUuid;

/// As NVML writes it: GPU-8-4-4-4-12 hexadecimal digits.
std::string uuid_text(const CudaUuid& uuid) {
  std::string text = "GPU";
  for (int i = 0; i < 16; ++i) {
    char digits[4];
    const bool dash = i == 0 || i == 4 || i == 6 || i == 8 || i == 10;
    std::snprintf(digits, sizeof digits, "%s%02x", dash ? "-" : "", uuid.bytes[i]);
    text += digits;
  }
  return text;
}

json gpus_of(const CudaDriver& cuda, int count) {
  json gpus = json::array();
  for (int ordinal = 0; ordinal < count; ++ordinal) {
    int device = 0;
    const int code = cuda.get == nullptr ? -1 : cuda.get(&device, ordinal);
    json gpu = {{"ordinal", ordinal}, {"code", code}};
    CudaUuid uuid = {};
    char address[32] = {};
    if (code == 0 && cuda.uuid != nullptr && cuda.uuid(&uuid, device) == 0) gpu["uuid"] = uuid_text(uuid);
    if (code == 0 && cuda.pci_bus_id != nullptr && cuda.pci_bus_id(address, sizeof address, device) == 0)
      gpu["pci_bus_id"] = address;
    gpus.push_back(gpu);
  }
  return gpus;
}

/// CUDA's code when the GPU is asked for by its PCI address. NVML writes the domain with eight digits
/// ("00000000:65:00.0"), CUDA with four ("0000:65:00.0"): both are tried.
int find_by_address(const CudaDriver& cuda, const std::string& address) {
  if (cuda.by_pci_bus_id == nullptr) return -1;
  int device = 0;
  const int code = cuda.by_pci_bus_id(&device, address.c_str());
  const bool long_domain = address.size() > 8 && address[8] == ':' && address.rfind("0000", 0) == 0;
  return code == 0 || !long_domain ? code : cuda.by_pci_bus_id(&device, address.c_str() + 4);
}

json ask_cuda(const std::vector<std::string>& addresses) {
  std::string failure;
  const auto library = CudaDriver::open(failure);
  if (!library) return {{"outcome", "failed"}, {"failure", failure}, {"code", 0}};
  const CudaDriver& cuda = *library;
  json seen = {{"outcome", "failed"}, {"library", cuda.library_path()}, {"code", 0}};
  if (!cuda.fault().empty()) {
    seen["failure"] = cuda.fault();
    return seen;
  }
  if (const int version = cuda.version(); version > 0) seen["driver_version"] = version;
  const auto started = cuda.start();
  seen["code"] = started.code;
  if (started.code != 0) {
    seen["failure"] = std::string(started.called) + " says " + std::to_string(started.code);
    return seen;
  }
  const int count = started.devices;
  seen["outcome"] = "ok";
  seen["gpus"] = gpus_of(cuda, count);
  // Past the last ordinal nothing may be had.
  int beyond = 0;
  seen["beyond_last_ordinal"] = cuda.get == nullptr ? -1 : cuda.get(&beyond, count);
  json asked = json::object();
  for (const std::string& address : addresses) asked[address] = find_by_address(cuda, address);
  seen["asked"] = asked;
  return seen;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  const std::string what = words.empty() ? "" : words.front();
  if (what != "nvml" && what != "cuda") {
    std::fprintf(stderr, "usage: cuparity-probe-driver nvml [UUID]... | cuda [PCI address]...\n");
    return 2;
  }
  words.erase(words.begin());
  const json answer = what == "nvml" ? ask_nvml(words) : ask_cuda(words);
  std::printf("%s\n", answer.dump(-1, ' ', true, json::error_handler_t::replace).c_str());
  return 0;
}
