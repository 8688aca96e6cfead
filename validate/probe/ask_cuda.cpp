#include "validate/probe/ask_cuda.hpp"

#include <cstdio>
#include <cstdlib>

#include "validate/probe/cuda_memory.hpp"

namespace cuparity::probe {
namespace {

using environment::CudaDriver;
using environment::CudaUuid;
using nlohmann::json;

json gpus_of(const CudaDriver& cuda, int count) {
  json gpus = json::array();
  for (int ordinal = 0; ordinal < count; ++ordinal) {
    int device = 0;
    const int code = cuda.get == nullptr ? -1 : cuda.get(&device, ordinal);
    json gpu = {{"ordinal", ordinal}, {"code", code}};
    char address[32] = {};
    if (const std::string uuid = code == 0 ? uuid_of(cuda, device) : ""; !uuid.empty()) gpu["uuid"] = uuid;
    if (code == 0 && cuda.pci_bus_id != nullptr && cuda.pci_bus_id(address, sizeof address, device) == 0)
      gpu["pci_bus_id"] = address;
    gpus.push_back(gpu);
  }
  return gpus;
}

}  // namespace

StartedCuda start_cuda() {
  StartedCuda cuda;
  std::string failure;
  auto library = CudaDriver::open(failure);
  if (!library) {
    cuda.seen = {{"outcome", "failed"}, {"failure", failure}, {"code", 0}};
    return cuda;
  }
  cuda.seen = {{"outcome", "failed"}, {"library", library->library_path()}, {"code", 0}};
  if (!library->fault().empty()) {
    cuda.seen["failure"] = library->fault();
    return cuda;
  }
  if (const int version = library->version(); version > 0) cuda.seen["driver_version"] = version;
  const auto started = library->start();
  cuda.seen["code"] = started.code;
  if (started.code != 0) {
    cuda.seen["failure"] = std::string(started.called) + " says " + std::to_string(started.code);
    return cuda;
  }
  cuda.seen["outcome"] = "ok";
  cuda.devices = started.devices;
  cuda.driver = std::move(library);
  return cuda;
}

std::string uuid_of(const CudaDriver& cuda, int device) {
  CudaUuid uuid = {};
  if (cuda.uuid == nullptr || cuda.uuid(&uuid, device) != 0) return "";
  std::string text = "GPU";
  for (int i = 0; i < 16; ++i) {
    char digits[4];
    const bool dash = i == 0 || i == 4 || i == 6 || i == 8 || i == 10;
    std::snprintf(digits, sizeof digits, "%s%02x", dash ? "-" : "", uuid.bytes[i]);
    text += digits;
  }
  return text;
}

/// NVML writes the domain with eight digits ("00000000:65:00.0"), CUDA with four ("0000:65:00.0"): both are tried.
int find_by_address(const CudaDriver& cuda, const std::string& address, int& device) {
  if (cuda.by_pci_bus_id == nullptr) return -1;
  const int code = cuda.by_pci_bus_id(&device, address.c_str());
  const bool long_domain = address.size() > 8 && address[8] == ':' && address.rfind("0000", 0) == 0;
  return code == 0 || !long_domain ? code : cuda.by_pci_bus_id(&device, address.c_str() + 4);
}

json ask_cuda(const std::vector<std::string>& addresses) {
  StartedCuda started = start_cuda();
  if (!started.driver) return started.seen;
  const CudaDriver& cuda = *started.driver;
  json& seen = started.seen;
  seen["gpus"] = gpus_of(cuda, started.devices);
  if (const char* visible = std::getenv("CUDA_VISIBLE_DEVICES")) seen["visible_devices"] = visible;
  seen["peers"] = peers_of(cuda, started.devices);
  // Past the last ordinal nothing may be had.
  int device = 0;
  seen["beyond_last_ordinal"] = cuda.get == nullptr ? -1 : cuda.get(&device, started.devices);
  json asked = json::object();
  for (const std::string& address : addresses) asked[address] = find_by_address(cuda, address, device);
  seen["asked"] = asked;
  return seen;
}

}  // namespace cuparity::probe
