// The driver's traces in /sys, /proc, /dev and the library folders. Nothing is opened but text files: a node
// of a sick GPU can hang whoever opens it (gather_looks.cpp does it in a child process).
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "environment/nvidia_driver.hpp"
#include "environment/text_file.hpp"
#include "harness/doctor/gather.hpp"
#include "harness/engine/last_words.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

std::string line_of(const fs::path& path) {
  return environment::trim(environment::read_text_file(path).value_or(""));
}

std::vector<PciGpu> pci_gpus(const fs::path& root) {
  std::vector<PciGpu> gpus;
  std::error_code error;
  for (fs::directory_iterator entry(root / "sys/bus/pci/devices", error), end; !error && entry != end;
       entry.increment(error)) {
    const fs::path device = entry->path();
    const std::string kind = line_of(device / "class");
    // 0x0300 VGA and 0x0302 3D controller; 0x0403 and others are the card's audio, bridges and the like.
    if (line_of(device / "vendor") != "0x10de" || !(kind.starts_with("0x0300") || kind.starts_with("0x0302")))
      continue;
    std::error_code no_driver;
    const fs::path driver = fs::read_symlink(device / "driver", no_driver);
    gpus.push_back({device.filename().string(), line_of(device / "device"),
                    no_driver ? "" : driver.filename().string()});
  }
  std::sort(gpus.begin(), gpus.end(), [](const PciGpu& a, const PciGpu& b) { return a.address < b.address; });
  return gpus;
}

DeviceNode node_at(const fs::path& root, const std::string& path) {
  DeviceNode node;
  node.path = path;
  struct stat status {};
  if (stat((root / fs::path(path).relative_path()).c_str(), &status) == 0) {
    node.mode = fmt::format("{:04o}", status.st_mode & 07777);
    node.owner = static_cast<int>(status.st_uid);
    node.group = static_cast<int>(status.st_gid);
  }
  return node;
}

std::vector<std::string> library_folders(const Sources& sources) {
  std::vector<std::string> folders;
  if (const auto path = sources.variables.find("LD_LIBRARY_PATH"); path != sources.variables.end()) {
    folders = environment::split(path->second, ':');
  }
  for (const char* folder :
       {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib",
        "/usr/lib/wsl/lib", "/usr/local/nvidia/lib64", "/usr/local/cuda/compat"}) {
    folders.emplace_back(folder);
  }
  return folders;
}

std::vector<DriverLibrary> driver_libraries(const Sources& sources) {
  std::vector<DriverLibrary> libraries;
  std::set<std::string> seen;
  for (const std::string& folder : library_folders(sources)) {
    for (const char* name : {"libcuda.so.1", "libnvidia-ml.so.1"}) {
      const fs::path path = fs::path(folder) / name;
      std::error_code error;
      const fs::path real = fs::canonical(sources.root / path.relative_path(), error);
      if (error || !seen.insert(real.string()).second) continue;
      DriverLibrary library;
      library.path = path.string();
      library.real_path = (fs::path("/") / real.lexically_relative(fs::canonical(sources.root))).string();
      library.version = environment::library_driver_version(library.real_path);
      library.size = fs::file_size(real, error);
      if (error) library.size = 0;
      libraries.push_back(std::move(library));
    }
  }
  return libraries;
}

/// NVSwitches are bridges (class 0x0680) of NVIDIA's.
int nvswitches(const fs::path& root) {
  int count = 0;
  std::error_code error;
  for (fs::directory_iterator entry(root / "sys/bus/pci/devices", error), end; !error && entry != end;
       entry.increment(error)) {
    if (line_of(entry->path() / "vendor") == "0x10de" && line_of(entry->path() / "class").starts_with("0x0680")) ++count;
  }
  return count;
}

/// The line of modules.dep that modprobe would follow; empty where it has none.
std::string module_file(const fs::path& root, const std::string& kernel) {
  const fs::path folder = fs::path("/lib/modules") / kernel;
  for (const std::string& line :
       environment::split(environment::read_text_file(root / folder.relative_path() / "modules.dep").value_or(""), '\n')) {
    const fs::path file = line.substr(0, line.find(':'));
    const std::string name = file.filename();
    if (name.starts_with("nvidia.ko") || name.starts_with("nvidia-current.ko")) return (folder / file).string();  // Debian's second
  }
  return "";
}

/// Why a driver may not be loaded: it is there for this kernel, for others alone, or not at all.
void gather_module(const fs::path& root, const std::string& kernel, DriverFacts& driver) {
  if (driver.module_loaded || kernel.empty()) return;
  driver.module_file = module_file(root, kernel);
  std::error_code error;
  for (fs::directory_iterator entry(root / "lib/modules", error), end; !error && entry != end && driver.module_file.empty();
       entry.increment(error)) {
    const std::string other = entry->path().filename();
    if (!module_file(root, other).empty()) driver.other_kernels.push_back(other);
  }
  std::sort(driver.other_kernels.begin(), driver.other_kernels.end());
}

void gather_driver_settings(const Sources& sources, DriverFacts& driver) {
  const fs::path& root = sources.root;
  std::error_code error;
  const auto version = environment::read_text_file(root / "proc/driver/nvidia/version").value_or("");
  driver.open_module = version.find("Open Kernel Module") != std::string::npos;
  driver.vgpu_host = fs::exists(root / "sys/module/nvidia_vgpu_vfio", error);
  driver.hmm_disabled = line_of(root / "sys/module/nvidia_uvm/parameters/uvm_disable_hmm");
  const auto parameters = environment::read_text_file(root / "proc/driver/nvidia/params").value_or("");
  driver.profiling_admin = environment::find_value(parameters, "RmProfilingAdminOnly", ':').value_or("");
  driver.persistenced = fs::exists(root / "run/nvidia-persistenced/socket", error);
  driver.imex_channel = fs::exists(root / "dev/nvidia-caps-imex-channels/channel0", error);
  driver.nvswitches = nvswitches(root);
  if (driver.nvswitches == 0 || find_program(sources, "systemctl").empty()) return;
  const CommandResult state =
      sources.run({"systemctl", "is-active", "nvidia-fabricmanager"}, std::chrono::seconds(3));
  if (!state.timed_out) driver.fabric_manager = last_words(state.output);
}

}  // namespace

void gather_driver(const Sources& sources, Probe& probe) {
  const fs::path& root = sources.root;
  DriverFacts& driver = probe.driver;
  std::error_code error;
  driver.pci_gpus = pci_gpus(root);
  driver.module_version = environment::kernel_driver_version(root).value_or("");
  if (driver.module_version.empty()) driver.module_version = line_of(root / "sys/module/nvidia/version");
  driver.module_loaded = !driver.module_version.empty() || fs::exists(root / "sys/module/nvidia", error);
  driver.uvm_loaded = fs::exists(root / "sys/module/nvidia_uvm", error);
  driver.wsl = fs::exists(root / "dev/dxg", error);
  if (probe.inside.container == "none") gather_module(root, probe.kernel, driver);
  gather_driver_settings(sources, driver);
  for (const std::string& path : environment::nvidia_device_nodes(root))
    driver.nodes.push_back(node_at(root, path));
  driver.libraries = driver_libraries(sources);
}

}  // namespace cuparity
