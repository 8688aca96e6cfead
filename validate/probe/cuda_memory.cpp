#include "validate/probe/cuda_memory.hpp"

#include <cstddef>
#include <optional>

#include "validate/probe/ask_cuda.hpp"
#include "validate/probe/memory_handle.hpp"

namespace cuparity::probe {
namespace {

using environment::CudaDriver;
using environment::CudaIpcHandle;
using nlohmann::json;

constexpr std::size_t held_bytes = 2 << 20;

/// -1 where the library has no such function.
template <typename... Parameters, typename... Arguments>
int call(int (*function)(Parameters...), Arguments... arguments) {
  return function == nullptr ? -1 : function(arguments...);
}

json said(const CudaDriver& cuda, const char* called, int code) {
  const char* name = nullptr;
  if (code < 0) name = "not in this library";
  else if (call(cuda.error_name, code, &name) != 0) name = nullptr;
  return {{"called", called}, {"code", code}, {"name", name == nullptr ? "" : name}};
}

/// Makes the device's primary context current; what failed, if anything.
std::optional<json> enter(const CudaDriver& cuda, int device) {
  void* context = nullptr;
  if (const int code = call(cuda.retain_primary_context, &context, device); code != 0)
    return said(cuda, "cuDevicePrimaryCtxRetain", code);
  if (const int code = call(cuda.set_current_context, context); code != 0) return said(cuda, "cuCtxSetCurrent", code);
  return std::nullopt;
}

json hold_on(const CudaDriver& cuda, const std::string& address) {
  int device = 0;
  if (const int code = find_by_address(cuda, address, device); code != 0)
    return said(cuda, "cuDeviceGetByPCIBusId", code);
  if (const auto failure = enter(cuda, device)) return *failure;
  unsigned long long memory = 0;
  if (const int code = call(cuda.allocate, &memory, held_bytes); code != 0) return said(cuda, "cuMemAlloc", code);
  CudaIpcHandle handle = {};
  const int code = call(cuda.ipc_handle, &handle, memory);
  json held = said(cuda, "cuIpcGetMemHandle", code);
  if (code == 0) held["handle"] = handle_text(handle);
  return held;
}

json open_on(const CudaDriver& cuda, int ordinal, const CudaIpcHandle& handle) {
  int device = 0;
  if (const int code = call(cuda.get, &device, ordinal); code != 0) return said(cuda, "cuDeviceGet", code);
  if (const auto failure = enter(cuda, device)) return *failure;
  unsigned long long memory = 0;
  return said(cuda, "cuIpcOpenMemHandle", call(cuda.ipc_open, &memory, handle, environment::cuda_ipc_flags));
}

}  // namespace

json peers_of(const CudaDriver& cuda, int count) {
  json peers = json::array();
  for (int from = 0; from < count; ++from) {
    for (int to = 0; to < count; ++to) {
      int devices[2] = {};
      if (from == to || call(cuda.get, &devices[0], from) != 0 || call(cuda.get, &devices[1], to) != 0) continue;
      int possible = 0;
      const int code = call(cuda.can_access_peer, &possible, devices[0], devices[1]);
      peers.push_back({{"from", from}, {"to", to}, {"code", code}, {"possible", code == 0 && possible != 0}});
    }
  }
  return peers;
}

json hold_memory(const std::vector<std::string>& addresses) {
  StartedCuda cuda = start_cuda();
  if (!cuda.driver) return cuda.seen;
  json held = json::object();
  for (const std::string& address : addresses) held[address] = hold_on(*cuda.driver, address);
  cuda.seen["held"] = held;
  return cuda.seen;
}

json open_memory(const std::vector<std::string>& memory) {
  StartedCuda cuda = start_cuda();
  if (!cuda.driver) return cuda.seen;
  json attempts = json::array();
  for (const std::string& text : memory) {
    const MemoryHandle named = parse_memory_handle(text);
    for (int ordinal = 0; ordinal < cuda.devices; ++ordinal) {
      json attempt = open_on(*cuda.driver, ordinal, named.handle);
      attempt["gpu"] = named.gpu;
      attempt["ordinal"] = ordinal;
      int device = 0;
      if (call(cuda.driver->get, &device, ordinal) == 0) attempt["uuid"] = uuid_of(*cuda.driver, device);
      attempts.push_back(attempt);
    }
  }
  cuda.seen["attempts"] = attempts;
  return cuda.seen;
}

}  // namespace cuparity::probe
