// The command line of cuparity-probe.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "validate/probe/look_devices.hpp"

namespace cuparity::probe {

/// A GPU of the host, whether this process was given it or not: what is to be asked for here.
struct AskedGpu {
  std::string uuid;
  std::string pci_bus_id;
  int minor = -1;
};

struct Options {
  std::vector<AskedGpu> gpus;
  std::vector<DeviceNumber> devices;  ///< further devices to make and open
  std::vector<std::string> paths;     ///< further nodes to open
  std::vector<std::string> memory;    ///< "GPU,HANDLE" of memory to try to open (memory_handle.hpp)
  std::vector<std::string> hold;      ///< PCI addresses: hold memory there instead of looking
  std::string out;                    ///< empty: standard output
  std::chrono::milliseconds time_limit{10000};
  bool watch = false;
  std::chrono::milliseconds interval{100};
  std::chrono::milliseconds watch_for{0};  ///< 0: until it is ended
};

/// A help text was asked for, or the line is wrong: what() is to be printed, exit_code to be returned.
struct OptionsEnd : std::runtime_error {
  OptionsEnd(const std::string& text, int code) : std::runtime_error(text), exit_code(code) {}
  int exit_code;
};

Options parse_options(const std::vector<std::string>& words);

}  // namespace cuparity::probe
