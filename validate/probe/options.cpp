#include "validate/probe/options.hpp"

#include <cstdlib>

#include "validate/probe/memory_handle.hpp"

namespace cuparity::probe {
namespace {

constexpr const char* help =
    "cuparity-probe: what of the GPU this process can reach, as one line of JSON; changes nothing.\n"
    "  --gpu UUID,PCI,MINOR   ask for this GPU of the host by UUID, by PCI address and by node; repeatable\n"
    "  --device MAJOR:MINOR   make a node for this device and open it; repeatable\n"
    "  --path PATH            open this node; repeatable\n"
    "  --ipc GPU,HANDLE       try to open memory of another process by its CUDA IPC handle; repeatable\n"
    "  --hold PCI             instead: hold memory on this GPU until standard input ends; repeatable\n"
    "  --out FILE             write there instead of to standard output\n"
    "  --time-limit MS        for each question to the driver (10000)\n"
    "  --watch                keep running: one line at the start and one at each change\n"
    "  --interval MS          between two looks (100)\n"
    "  --watch-for MS         end after so long (0: never)\n"
    "Exit codes: 0 it looked, 2 usage, 4 the output can't be written.\n";

[[noreturn]] void refuse(const std::string& why) { throw OptionsEnd("cuparity-probe: " + why + "\n", 2); }

int number(const std::string& flag, const std::string& text) {
  char* end = nullptr;
  const long value = std::strtol(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || value < 0 || value > 1'000'000'000)
    refuse(flag + " needs a number from 0 on, not '" + text + "'");
  return static_cast<int>(value);
}

AskedGpu parse_gpu(const std::string& text) {
  const std::size_t first = text.find(',');
  const std::size_t second = first == std::string::npos ? first : text.find(',', first + 1);
  if (second == std::string::npos) refuse("--gpu needs UUID,PCI,MINOR, not '" + text + "'");
  AskedGpu gpu;
  gpu.uuid = text.substr(0, first);
  gpu.pci_bus_id = text.substr(first + 1, second - first - 1);
  gpu.minor = number("--gpu", text.substr(second + 1));
  return gpu;
}

DeviceNumber device(const std::string& text) {
  try {
    return parse_device_number(text);
  } catch (const std::invalid_argument& error) {
    refuse(std::string("--device: ") + error.what());
  }
}

std::string memory(const std::string& text) {
  try {
    parse_memory_handle(text);
    return text;
  } catch (const std::invalid_argument& error) {
    refuse(std::string("--ipc ") + error.what());
  }
}

void set(Options& options, const std::string& flag, const std::string& value) {
  if (flag == "--gpu") options.gpus.push_back(parse_gpu(value));
  else if (flag == "--device") options.devices.push_back(device(value));
  else if (flag == "--path") options.paths.push_back(value);
  else if (flag == "--ipc") options.memory.push_back(memory(value));
  else if (flag == "--hold") options.hold.push_back(value);
  else if (flag == "--out") options.out = value;
  else if (flag == "--time-limit") options.time_limit = std::chrono::milliseconds(number(flag, value));
  else if (flag == "--interval") options.interval = std::chrono::milliseconds(number(flag, value));
  else if (flag == "--watch-for") options.watch_for = std::chrono::milliseconds(number(flag, value));
  else refuse("unknown option '" + flag + "'; --help lists them");
}

}  // namespace

Options parse_options(const std::vector<std::string>& words) {
  Options options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--help" || words[i] == "-h") throw OptionsEnd(help, 0);
    if (words[i] == "--version") throw OptionsEnd("cuparity-probe " CUPARITY_VERSION "\n", 0);
    if (words[i] == "--watch") {
      options.watch = true;
      continue;
    }
    const std::size_t equals = words[i].find('=');
    if (equals != std::string::npos) set(options, words[i].substr(0, equals), words[i].substr(equals + 1));
    else if (i + 1 < words.size()) set(options, words[i], words[i + 1]), ++i;
    else refuse("'" + words[i] + "' needs a value, or is unknown; --help lists the options");
  }
  return options;
}

}  // namespace cuparity::probe
