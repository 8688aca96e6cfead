// What a container needs of the host's NVIDIA driver when no toolkit puts it there.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace cuparity {

struct DriverFiles {
  std::vector<std::filesystem::path> device_nodes;  ///< GPUs first, in number order, then control and UVM
  std::map<std::string, std::filesystem::path> libraries;  ///< name that is looked for (soname) -> real file

  /// Empty if a container can be given a GPU with these; else what is missing.
  std::string missing() const;
};

/// Searches `device_folder` (/dev) and the `library_folders` in their order. Empty files and CUDA's link-time
/// stubs are passed over.
DriverFiles find_driver_files(const std::filesystem::path& device_folder,
                              const std::vector<std::filesystem::path>& library_folders);

/// Flags of `run` that mount the libraries into a folder of their own and make the loader look there.
std::vector<std::string> library_flags(const DriverFiles& files);

/// Folders in which this machine's loader finds the driver's libraries, the one it really takes first.
std::vector<std::filesystem::path> driver_library_folders();

}  // namespace cuparity
