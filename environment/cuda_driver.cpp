#include "environment/cuda_driver.hpp"

#include <dlfcn.h>

#include "environment/library_handle.hpp"

namespace cuparity::environment {
namespace {

template <typename Function>
void find(void* library, Function& function, const char* name) {
  function = reinterpret_cast<Function>(dlsym(library, name));
}

}  // namespace

std::unique_ptr<CudaDriver> CudaDriver::open(std::string& failure) {
  // Never closed: the driver's threads may still run.
  void* library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    failure = dlerror();
    return nullptr;
  }
  return std::unique_ptr<CudaDriver>(new CudaDriver(library));
}

CudaDriver::CudaDriver(void* library) : path_(path_of_library(library)) {
  find(library, init, "cuInit");
  find(library, driver_version, "cuDriverGetVersion");
  find(library, count, "cuDeviceGetCount");
  find(library, get, "cuDeviceGet");
  find(library, uuid, "cuDeviceGetUuid_v2");
  if (uuid == nullptr) find(library, uuid, "cuDeviceGetUuid");
  find(library, pci_bus_id, "cuDeviceGetPCIBusId");
  find(library, by_pci_bus_id, "cuDeviceGetByPCIBusId");
  find(library, can_access_peer, "cuDeviceCanAccessPeer");
  find(library, retain_primary_context, "cuDevicePrimaryCtxRetain");
  find(library, set_current_context, "cuCtxSetCurrent");
  find(library, allocate, "cuMemAlloc_v2");
  find(library, ipc_handle, "cuIpcGetMemHandle");
  find(library, ipc_open, "cuIpcOpenMemHandle_v2");
  if (ipc_open == nullptr) find(library, ipc_open, "cuIpcOpenMemHandle");
  find(library, error_name, "cuGetErrorName");
}

std::string CudaDriver::fault() const {
  return init != nullptr && count != nullptr ? "" : "this libcuda.so.1 has no cuInit: a stub or a foreign library";
}

int CudaDriver::version() const {
  int version = 0;
  return driver_version != nullptr && driver_version(&version) == 0 ? version : 0;
}

CudaStart CudaDriver::start() const {
  CudaStart started;
  started.code = init(0);
  if (started.code != 0) return started;
  int devices = 0;
  started.called = "cuDeviceGetCount";
  started.code = count(&devices);
  if (started.code == 0) started.devices = devices;
  return started;
}

}  // namespace cuparity::environment
