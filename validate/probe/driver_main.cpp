// cuparity-probe-driver: what the driver's libraries say, as one line of JSON. Loads them by name and needs no CUDA
// Toolkit.
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "environment/nvml.hpp"
#include "validate/probe/ask_cuda.hpp"
#include "validate/probe/cuda_memory.hpp"

namespace {

using nlohmann::json;

constexpr const char* usage =
    "usage: cuparity-probe-driver nvml [UUID]...     the GPUs, and whether NVML gives these\n"
    "                             cuda [ADDRESS]...  the same of CUDA, by PCI address\n"
    "                             hold ADDRESS...    hold memory on these GPUs until standard input ends\n"
    "                             open GPU,HANDLE... try to open such memory\n";

json ask_nvml(const std::vector<std::string>& uuids) {
  std::string failure;
  int code = 0;
  const auto nvml = cuparity::environment::Nvml::open(failure, &code);
  if (!nvml) return {{"outcome", "failed"}, {"failure", failure}, {"code", code}};
  json gpus = json::array();
  for (const auto& device : nvml->devices()) {
    gpus.push_back({{"index", device.index},
                    {"name", device.name},
                    {"uuid", device.uuid},
                    {"pci_bus_id", device.pci_bus_id},
                    {"minor", device.minor ? json(*device.minor) : json()},
                    {"mig_uuids", device.mig_uuids}});
  }
  json asked = json::object();
  for (const std::string& uuid : uuids) asked[uuid] = nvml->find_by_uuid(uuid);
  return {{"outcome", "ok"},           {"code", 0},   {"library", nvml->library_path()},
          {"driver_version", nvml->driver_version()}, {"gpus", gpus}, {"asked", asked}};
}

json answer(const std::string& what, const std::vector<std::string>& words) {
  if (what == "nvml") return ask_nvml(words);
  if (what == "cuda") return cuparity::probe::ask_cuda(words);
  if (what == "hold") return cuparity::probe::hold_memory(words);
  if (what == "open") return cuparity::probe::open_memory(words);
  throw std::invalid_argument("unknown question '" + what + "'\n" + usage);
}

/// Standard input ends when whoever holds its other end says so or is gone.
void wait_for_end_of_input() {
  char ignored[64];
  ssize_t size = 0;
  do size = read(STDIN_FILENO, ignored, sizeof ignored);
  while (size > 0 || (size < 0 && errno == EINTR));
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  const std::string what = words.empty() ? "" : words.front();
  if (!words.empty()) words.erase(words.begin());
  try {
    std::printf("%s\n", answer(what, words).dump(-1, ' ', true, json::error_handler_t::replace).c_str());
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "cuparity-probe-driver: %s\n", error.what());
    return 2;
  }
  std::fflush(stdout);
  if (what == "hold") wait_for_end_of_input();
  return 0;
}
