// CUDA's driver API by dlopen: nothing is linked, and no toolkit is needed.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace cuparity::environment {

struct CudaUuid {
  unsigned char bytes[16];
};

/// CUipcMemHandle: names an allocation to other processes.
struct CudaIpcHandle {
  unsigned char bytes[64];
};

/// CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS, the only flag of cuIpcOpenMemHandle, which demands it.
inline constexpr unsigned cuda_ipc_flags = 1;

/// What cuInit and cuDeviceGetCount gave.
struct CudaStart {
  int code = 0;                ///< CUresult; 0: it started
  const char* called = "cuInit";  ///< the function that gave it
  int devices = -1;            ///< -1: not counted
};

class CudaDriver {
 public:
  /// Loads libcuda.so.1. `failure` gets the loader's words where there is none.
  static std::unique_ptr<CudaDriver> open(std::string& failure);

  const std::string& library_path() const { return path_; }  ///< real path
  /// Empty, or why it can't be started: a stub or a foreign library.
  std::string fault() const;
  /// cuDriverGetVersion, e.g. 13000; 0 where it does not say.
  int version() const;
  /// Must have no fault().
  CudaStart start() const;

  // The API's functions (cuda.h); one that is missing is null. All give a CUresult.
  int (*init)(unsigned) = nullptr;
  int (*driver_version)(int*) = nullptr;
  int (*count)(int*) = nullptr;
  int (*get)(int*, int) = nullptr;
  int (*uuid)(CudaUuid*, int) = nullptr;  ///< of the MIG device, where there is one
  int (*pci_bus_id)(char*, int, int) = nullptr;
  int (*by_pci_bus_id)(int*, const char*) = nullptr;
  int (*can_access_peer)(int* possible, int from, int to) = nullptr;
  int (*retain_primary_context)(void** context, int device) = nullptr;
  int (*set_current_context)(void* context) = nullptr;
  int (*allocate)(unsigned long long* address, std::size_t bytes) = nullptr;
  int (*ipc_handle)(CudaIpcHandle*, unsigned long long address) = nullptr;
  int (*ipc_open)(unsigned long long* address, CudaIpcHandle, unsigned flags) = nullptr;
  int (*error_name)(int code, const char** name) = nullptr;

 private:
  explicit CudaDriver(void* library);
  std::string path_;
};

}  // namespace cuparity::environment
