#include "harness/engine/driver_files.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <sstream>
#include <system_error>
#include <tuple>

namespace cuparity {
namespace {

namespace fs = std::filesystem;

/// Loaded by name by programs or by libcuda itself. The last ones have the driver's version as their suffix.
constexpr const char* sonames[] = {"libcuda.so.1",
                                   "libnvidia-ml.so.1",
                                   "libnvidia-ptxjitcompiler.so.1",
                                   "libnvidia-nvvm.so.4",
                                   "libnvidia-nvvm70.so.4",
                                   "libnvidia-cfg.so.1",
                                   "libnvidia-allocator.so.1",
                                   "libnvidia-sandboxutils.so.1",
                                   "libcudadebugger.so.1"};
constexpr const char* versioned_prefixes[] = {"libnvidia-gpucomp.so.", "libnvidia-pkcs11.so.",
                                              "libnvidia-pkcs11-openssl3.so."};

bool is_number(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

std::vector<fs::path> find_device_nodes(const fs::path& folder) {
  std::vector<std::pair<int, fs::path>> gpus;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.rfind("nvidia", 0) == 0 && is_number(name.substr(6)) && name.size() < 12) {
      gpus.emplace_back(std::stoi(name.substr(6)), entry.path());
    }
  }
  std::sort(gpus.begin(), gpus.end());
  std::vector<fs::path> nodes;
  for (auto& [number, path] : gpus) nodes.push_back(std::move(path));
  for (const char* name : {"nvidiactl", "nvidia-uvm", "nvidia-uvm-tools"}) {
    if (fs::exists(folder / name, error)) nodes.push_back(folder / name);
  }
  return nodes;
}

/// The file behind `path`, or an empty path where it is no usable library.
fs::path real_library(const fs::path& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error || !fs::is_regular_file(real, error) || fs::file_size(real, error) == 0) return {};
  if (real.parent_path().filename() == "stubs") return {};
  return real;
}

std::string folder_of_loaded(const char* soname) {
  void* library = dlopen(soname, RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) return "";
  link_map* map = nullptr;
  std::string folder;
  if (dlinfo(library, RTLD_DI_LINKMAP, &map) == 0 && map != nullptr) {
    folder = fs::path(map->l_name).parent_path().string();
  }
  dlclose(library);
  return folder;
}

}  // namespace

std::string DriverFiles::missing() const {
  const auto has_node = [&](const std::string& name) {
    return std::any_of(device_nodes.begin(), device_nodes.end(),
                       [&](const fs::path& p) { return p.filename() == name; });
  };
  const bool has_gpu = std::any_of(device_nodes.begin(), device_nodes.end(), [](const fs::path& p) {
    return is_number(p.filename().string().substr(6));
  });
  if (!has_gpu)
    return "no /dev/nvidia0: there is no NVIDIA GPU here, or its driver is not loaded (try nvidia-smi)";
  if (!has_node("nvidiactl"))
    return "no /dev/nvidiactl: run nvidia-smi once as root, it makes the device nodes";
  if (!has_node("nvidia-uvm"))
    return "no /dev/nvidia-uvm: run 'nvidia-modprobe -u' as root, it makes the device node";
  for (const char* soname : {"libcuda.so.1", "libnvidia-ml.so.1"}) {
    if (libraries.count(soname) == 0) {
      return std::string(soname) + " was not found on this machine: install the NVIDIA driver's libraries";
    }
  }
  return "";
}

DriverFiles find_driver_files(const fs::path& device_folder, const std::vector<fs::path>& library_folders) {
  DriverFiles files;
  files.device_nodes = find_device_nodes(device_folder);
  for (const fs::path& folder : library_folders) {
    for (const char* soname : sonames) {
      const fs::path real = real_library(folder / soname);
      if (!real.empty()) files.libraries.emplace(soname, real);
    }
  }
  // Only beside the libcuda that was taken: another driver's version would not be looked for.
  const auto cuda = files.libraries.find("libcuda.so.1");
  if (cuda == files.libraries.end()) return files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(cuda->second.parent_path(), error)) {
    const std::string name = entry.path().filename().string();
    for (const char* prefix : versioned_prefixes) {
      if (name.rfind(prefix, 0) != 0) continue;
      const fs::path real = real_library(entry.path());
      if (!real.empty()) files.libraries.emplace(name, real);
    }
  }
  return files;
}

std::vector<std::string> library_flags(const DriverFiles& files) {
  constexpr const char* inside = "/usr/local/nvidia/lib64";
  std::vector<std::string> flags;
  for (const auto& [soname, file] : files.libraries)
    flags.push_back(fmt::format("--volume={}:{}/{}:ro", file.string(), inside, soname));
  flags.push_back(fmt::format("--env=LD_LIBRARY_PATH={}:/usr/local/cuda/lib64", inside));
  return flags;
}

std::vector<fs::path> driver_library_folders() {
  std::vector<fs::path> folders;
  const auto add = [&](const std::string& folder) {
    if (!folder.empty() && std::find(folders.begin(), folders.end(), folder) == folders.end())
      folders.emplace_back(folder);
  };
  add(folder_of_loaded("libcuda.so.1"));
  add(folder_of_loaded("libnvidia-ml.so.1"));
  if (const char* path = std::getenv("LD_LIBRARY_PATH")) {
    std::istringstream entries(path);
    for (std::string folder; std::getline(entries, folder, ':');) add(folder);
  }
  for (const char* folder : {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64",
                             "/usr/lib", "/usr/lib/wsl/lib", "/usr/local/nvidia/lib64"}) {
    add(folder);
  }
  return folders;
}

}  // namespace cuparity
