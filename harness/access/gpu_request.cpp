#include "harness/access/gpu_request.hpp"

#include <cstdlib>

#include "environment/text_file.hpp"

namespace cuparity {
namespace {

/// Flags of `docker run` that take no value, as far as modes use them.
bool is_switch(const std::string& flag) {
  return flag == "--privileged" || flag == "--init" || flag == "--read-only" || flag == "--interactive" ||
         flag == "--tty";
}

std::vector<std::string> csv_fields(const std::string& text) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    else if (c == ',' && !quoted) fields.emplace_back();
    else fields.back() += c;
  }
  return fields;
}

void read_device(GpuRequest& request, const std::string& value) {
  const std::string host = value.substr(0, value.find(':'));
  if (!value.empty() && value.front() == '/') {
    const std::size_t colon = value.find(':');
    std::string inside = colon == std::string::npos ? value : value.substr(colon + 1);
    inside = inside.substr(0, inside.find(':'));
    request.device_paths.push_back(inside.empty() || inside.front() != '/' ? host : inside);
  } else {
    request.cdi_names.push_back(value);
  }
}

/// type=bind,source=…,target=…
void read_mount(GpuRequest& request, const std::string& value) {
  for (const std::string& field : csv_fields(value)) {
    const std::size_t equals = field.find('=');
    const std::string key = field.substr(0, equals);
    if (equals != std::string::npos && (key == "source" || key == "src")) request.mounted.push_back(field.substr(equals + 1));
  }
}

void read_flag(GpuRequest& request, const std::string& flag, const std::string& value) {
  if (flag == "--gpus") request.gpus = parse_gpus_flag(value);
  if (flag == "--device") read_device(request, value);
  if (flag == "--runtime") request.runtime = value;
  if ((flag == "--pid" || flag == "--ipc") && value == "host") request.host_namespaces = true;
  if (flag == "--device-cgroup-rule") request.cgroup_rules.push_back(value);
  if (flag == "--volume" || flag == "-v") request.mounted.push_back(value.substr(0, value.find(':')));
  if (flag == "--mount") read_mount(request, value);
  if (flag == "--env" || flag == "-e") {
    const std::size_t equals = value.find('=');
    if (equals == std::string::npos) return;
    if (value.substr(0, equals) == "NVIDIA_VISIBLE_DEVICES")
      request.nvidia_visible_devices = value.substr(equals + 1);
    if (value.substr(0, equals) == "NVIDIA_DRIVER_CAPABILITIES")
      request.driver_capabilities = value.substr(equals + 1);
  }
}

}  // namespace

GpusFlag parse_gpus_flag(const std::string& text) {
  GpusFlag flag;
  flag.text = text;
  for (const std::string& field : csv_fields(text)) {
    const std::size_t equals = field.find('=');
    const std::string key = equals == std::string::npos ? "count" : field.substr(0, equals);
    const std::string value = equals == std::string::npos ? field : field.substr(equals + 1);
    if (key == "count") flag.count = value == "all" ? -1 : std::atoi(value.c_str());
    if (key == "device") flag.devices = environment::split(value, ',');
    if (key == "capabilities") flag.capabilities = environment::split(value, ',');
    if (key == "driver") flag.driver = value;
  }
  if (!flag.count && flag.devices.empty()) flag.count = 1;
  return flag;
}

GpuRequest gpu_request(const AccessMode& mode) {
  GpuRequest request;
  for (std::size_t i = 0; i < mode.arguments.size(); ++i) {
    const std::string& word = mode.arguments[i];
    if (word == "--privileged" || word == "--privileged=true") request.privileged = true;
    if (word.empty() || word.front() != '-' || is_switch(word)) continue;
    const std::size_t equals = word.find('=');
    if (equals != std::string::npos) read_flag(request, word.substr(0, equals), word.substr(equals + 1));
    else if (i + 1 < mode.arguments.size()) read_flag(request, word, mode.arguments[++i]);
  }
  return request;
}

}  // namespace cuparity
