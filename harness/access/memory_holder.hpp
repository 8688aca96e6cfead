// A process of the host that holds memory on every GPU, so that a container which was not given one of them can try to
// open it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/access/access_host.hpp"

namespace cuparity {

/// Memory on GPUs that were not asked for.
struct ForeignMemory {
  std::map<std::string, std::string> handles;  ///< UUID of the GPU -> CUDA IPC handle, 128 hexadecimal digits
  std::string obstacle;                        ///< why there is none
};

class MemoryHolder {
 public:
  /// Starts nothing yet. `time_limit`: for the handles.
  MemoryHolder(std::filesystem::path probe_folder, std::vector<HostGpu> gpus,
               std::chrono::milliseconds time_limit = std::chrono::seconds(30));
  ~MemoryHolder();
  MemoryHolder(const MemoryHolder&) = delete;
  MemoryHolder& operator=(const MemoryHolder&) = delete;

  /// Starts the process where it is first needed; one that gave no handle is not asked again.
  ForeignMemory memory_outside(const std::vector<std::string>& asked_uuids);

 private:
  void start();
  std::string read_answer();
  void take(const std::string& output);
  void end();

  std::filesystem::path probe_folder_;
  std::vector<HostGpu> gpus_;
  std::chrono::milliseconds time_limit_;
  bool started_ = false;
  pid_t process_ = -1;
  int input_ = -1;   ///< its standard input: held open while the memory is to be held
  int output_ = -1;
  std::map<std::string, std::string> handles_;
  std::map<std::string, std::string> failures_;  ///< UUID -> why its memory has no handle
  std::string failure_;                          ///< of the whole process
};

}  // namespace cuparity
