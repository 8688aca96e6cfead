// One row of the access truth table: what a container was asked to get, and what it got. A plain record.
#pragma once

#include <string>
#include <vector>

namespace cuparity {

enum class AccessVerdict {
  pass,
  fail,    ///< something asked for is missing or wrong
  leak,    ///< something that was not asked for can be reached
  skipped  ///< this host can't try it; `reason` says why
};

/// An attempt to open memory that another process holds on a GPU which was not asked for.
struct IpcAttempt {
  std::string gpu;     ///< UUID of the GPU with the memory
  std::string from;    ///< UUID of the GPU on which it was tried
  std::string called;  ///< cuIpcOpenMemHandle, or what failed before it
  std::string result;  ///< name of the CUresult; empty where the driver names none
  int code = -1;       ///< the CUresult; 0: it opened

  bool opened() const { return code == 0; }
  bool tried() const { return called == "cuIpcOpenMemHandle"; }
};

/// Whether one visible GPU can reach another's memory.
struct PeerAccess {
  std::string from;  ///< UUIDs
  std::string to;
  bool possible = false;
};

struct AccessRow {
  std::string name;
  std::string engine;
  std::string mode;  ///< what was asked for, as it was typed
  AccessVerdict verdict = AccessVerdict::skipped;
  bool as_expected = true;  ///< false: the command's exit code says so; an open container is to leak
  std::string expected;     ///< for people, with the engine's rule that it follows from
  std::string reason;       ///< why it is not a pass; for a refusal, the engine's own words
  std::vector<std::string> expected_gpus;  ///< UUIDs
  std::vector<std::string> nvml_gpus;
  std::vector<std::string> cuda_gpus;
  std::vector<std::string> node_gpus;  ///< whose node opens; the node's path where the UUID is not known
  std::vector<std::string> libraries;  ///< "libcuda.so.1 /usr/lib/… (mount)"
  std::string capabilities;            ///< "14, device cgroup v1 restricted, seccomp filter"
  std::string injection_path;          ///< environment/container.hpp; empty where no process started
  std::vector<std::string> leaks;      ///< what could be reached, and how
  std::vector<IpcAttempt> ipc;
  std::string ipc_not_tried;           ///< why no memory was tried to be opened; empty where it was, or needs no word
  std::vector<PeerAccess> peers;       ///< of every ordered pair of visible GPUs
  std::vector<std::string> notes;      ///< what could not be looked at
};

}  // namespace cuparity
