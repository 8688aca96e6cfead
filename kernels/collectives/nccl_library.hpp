// libnccl, loaded when it is first asked for: a program starts where it is absent, and one that runs no collective
// does not pay for its hundreds of megabytes. Builds without NCCL; then the failure says so.
#pragma once

#include <string>

#ifdef CUPARITY_HAVE_NCCL
#include <nccl.h>
#endif

namespace cuparity {

struct NcclLibrary {
  std::string failure;  ///< why NCCL can't be used; empty: every function below is there
  std::string version;  ///< "2.28.3", as the library says
  std::string path;     ///< the file that was loaded
#ifdef CUPARITY_HAVE_NCCL
  decltype(&ncclGetErrorString) error_string = nullptr;
  decltype(&ncclCommInitAll) comm_init_all = nullptr;
  decltype(&ncclCommDestroy) comm_destroy = nullptr;
  decltype(&ncclGroupStart) group_start = nullptr;
  decltype(&ncclGroupEnd) group_end = nullptr;
  decltype(&ncclAllReduce) all_reduce = nullptr;
  decltype(&ncclAllGather) all_gather = nullptr;
  decltype(&ncclReduceScatter) reduce_scatter = nullptr;
  decltype(&ncclSend) send = nullptr;
  decltype(&ncclRecv) receive = nullptr;
#endif
};

/// Loaded once a process, never unloaded.
const NcclLibrary& nccl_library();

/// NCCL's 22803 is version 2.28.3; before 2.9 there were four digits: 2804 is 2.8.4.
std::string nccl_version_text(int version);

}  // namespace cuparity
