#include "kernels/collectives/nccl_library.hpp"

#ifdef CUPARITY_HAVE_NCCL
#include <dlfcn.h>

#include "environment/library_handle.hpp"
#endif

namespace cuparity {
namespace {

#ifdef CUPARITY_HAVE_NCCL

/// False, with the failure filled in, if the library has no such function.
template <typename Function>
bool find(void* handle, const char* symbol, Function& function, NcclLibrary& library) {
  function = reinterpret_cast<Function>(dlsym(handle, symbol));
  if (function == nullptr) library.failure = library.path + " has no " + symbol + ": too old a NCCL, or another library";
  return function != nullptr;
}

NcclLibrary load() {
  NcclLibrary library;
  void* handle = dlopen("libnccl.so.2", RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* reason = dlerror();
    library.failure = std::string("NCCL can't be loaded (") + (reason != nullptr ? reason : "libnccl.so.2") +
                      "); install libnccl2, or use an image that has it";
    return library;
  }
  library.path = environment::path_of_library(handle);
  decltype(&ncclGetVersion) get_version = nullptr;
  if (!find(handle, "ncclGetVersion", get_version, library) ||
      !find(handle, "ncclGetErrorString", library.error_string, library) ||
      !find(handle, "ncclCommInitAll", library.comm_init_all, library) ||
      !find(handle, "ncclCommDestroy", library.comm_destroy, library) ||
      !find(handle, "ncclGroupStart", library.group_start, library) ||
      !find(handle, "ncclGroupEnd", library.group_end, library) ||
      !find(handle, "ncclAllReduce", library.all_reduce, library) ||
      !find(handle, "ncclAllGather", library.all_gather, library) ||
      !find(handle, "ncclReduceScatter", library.reduce_scatter, library) ||
      !find(handle, "ncclSend", library.send, library) || !find(handle, "ncclRecv", library.receive, library))
    return library;
  int version = 0;
  if (get_version(&version) == ncclSuccess) library.version = nccl_version_text(version);
  return library;
}

#else

NcclLibrary load() {
  NcclLibrary library;
  library.failure = "this program was built without NCCL (no nccl.h was found)";
  return library;
}

#endif

}  // namespace

const NcclLibrary& nccl_library() {
  static const NcclLibrary library = load();
  return library;
}

std::string nccl_version_text(int version) {
  const int major_unit = version < 10000 ? 1000 : 10000;
  return std::to_string(version / major_unit) + "." + std::to_string(version % major_unit / 100) + "." +
         std::to_string(version % 100);
}

}  // namespace cuparity
