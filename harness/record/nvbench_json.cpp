#include "harness/record/nvbench_json.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <set>

#include "harness/errors.hpp"
#include "harness/record/json_fields.hpp"
#include "harness/record/median.hpp"
#include "harness/record/stated_mean.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

constexpr const char* mean_tag = "nv/cold/time/gpu/mean";
constexpr const char* samples_tag = "nv/json/bin:nv/cold/sample_times";
/// The samples are stored in single precision.
constexpr double single_precision = 1e-5;

struct Device {
  std::string name;
  std::string compute_capability;
  std::string clock;  ///< default SM clock in Hz
};

std::map<int, Device> read_devices(const nlohmann::json& json) {
  require_array(json, "devices");
  std::map<int, Device> devices;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const JsonFields fields(json[i], fmt::format("devices[{}]", i));
    Device& device = devices[fields.get<int>("id")];
    device.name = fields.get<std::string>("name");
    const int version = fields.find<int>("sm_version").value_or(0);
    if (version > 0) {
      device.compute_capability = fmt::format("{}.{}", version / 100, version % 100 / 10);
    }
    if (fields.has("sm_default_clock_rate")) {
      device.clock = fields.required("sm_default_clock_rate").dump();
    }
  }
  return devices;
}

/// The summary of a tag; null if the state has none.
const nlohmann::json* find_summary(const JsonFields& state, const std::string& tag) {
  if (!state.has("summaries")) {
    return nullptr;
  }
  const nlohmann::json& summaries = state.required("summaries");
  require_array(summaries, state.path_of("summaries"));
  for (const nlohmann::json& summary : summaries) {
    if (summary.is_object() && summary.value("tag", nlohmann::json()) == tag) {
      return &summary;
    }
  }
  return nullptr;
}

/// The text of a summary's value `name`. nvbench writes numbers as texts; one that is not finite is null.
std::optional<std::string> find_value(const nlohmann::json& summary, const std::string& name,
                                      const std::string& path) {
  const JsonFields fields(summary, path);
  const nlohmann::json& data = fields.required("data");
  require_array(data, path + ".data");
  for (const nlohmann::json& entry : data) {
    if (!entry.is_object() || entry.value("name", nlohmann::json()) != name || !entry.contains("value") ||
        entry["value"].is_null()) {
      continue;
    }
    return entry["value"].is_string() ? entry["value"].get<std::string>() : entry["value"].dump();
  }
  return std::nullopt;
}

double number_of(const std::string& text, const std::string& path) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0') {
    throw UsageError(fmt::format("{}: expected a number, found \"{}\"", path, text));
  }
  return value;
}

std::optional<double> mean_seconds(const JsonFields& state) {
  const nlohmann::json* summary = find_summary(state, mean_tag);
  if (summary == nullptr) {
    return std::nullopt;
  }
  const std::string path = state.path_of(mean_tag);
  const std::string hint = JsonFields(*summary, path).find<std::string>("hint").value_or("duration");
  if (hint != "duration") {
    throw UsageError(fmt::format("{}: expected a duration in seconds, found the unit \"{}\"", path, hint));
  }
  const auto value = find_value(*summary, "value", path);
  return value ? std::optional<double>(number_of(*value, path)) : std::nullopt;
}

fs::path find_sample_file(const fs::path& name, const fs::path& folder, const std::string& path) {
  if (name.is_absolute()) {
    return name;
  }
  for (const fs::path& place : {folder / name, folder.parent_path() / name, name}) {
    std::error_code error;
    if (fs::exists(place, error)) {
      return place;
    }
  }
  throw UsageError(fmt::format("{}: {} is not there; keep the folder that --jsonbin makes beside the JSON file",
                               path, (folder / name).string()));
}

std::vector<double> read_floats(const fs::path& file, std::size_t count, const std::string& path) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) {
    throw UsageError(fmt::format("{}: {} is no file; keep the folder that --jsonbin makes beside the JSON file", path,
                                 file.string()));
  }
  const std::uintmax_t size = fs::file_size(file, error);
  if (error || size != 4 * count) {
    throw UsageError(fmt::format("{}: {} should hold {} values of 4 bytes, but has {} bytes", path, file.string(),
                                 count, error ? 0 : size));
  }
  std::string bytes(size, '\0');
  std::ifstream stream(file, std::ios::binary);
  if (!stream.read(bytes.data(), static_cast<std::streamsize>(size))) {
    throw UsageError(fmt::format("{}: {} can't be read; check its permissions", path, file.string()));
  }
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t bits = 0;
    for (std::size_t byte = 0; byte < 4; ++byte) {
      bits |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[4 * i + byte])) << (8 * byte);
    }
    values.push_back(std::bit_cast<float>(bits));
  }
  return values;
}

std::vector<double> sample_seconds(const JsonFields& state, const fs::path& folder) {
  const nlohmann::json* summary = find_summary(state, samples_tag);
  if (summary == nullptr) {
    return {};
  }
  const std::string path = state.path_of(samples_tag);
  const auto name = find_value(*summary, "filename", path);
  const auto size = find_value(*summary, "size", path);
  if (!name || !size) {
    throw UsageError(fmt::format("{}: expected \"filename\" and \"size\"", path));
  }
  const double count = number_of(*size, path);
  if (!(count >= 0) || count > 1e9) {
    throw UsageError(fmt::format("{}: a size of {} makes no sense", path, *size));
  }
  return read_floats(find_sample_file(*name, folder, path), static_cast<std::size_t>(count), path);
}

/// "Device=0 BlockSize=2^6 NumBlocks=2^6" of benchmark "copy" -> "copy/BlockSize=2^6/NumBlocks=2^6".
std::string row_name(const std::string& benchmark, const std::string& state) {
  std::string name = benchmark;
  for (std::size_t start = 0; start < state.size();) {
    const std::size_t end = std::min(state.find(' ', start), state.size());
    const std::string word = state.substr(start, end - start);
    if (!word.empty() && word.rfind("Device=", 0) != 0) {
      name += '/' + word;
    }
    start = end + 1;
  }
  return name;
}

Row read_state(const JsonFields& state, const std::string& benchmark, const fs::path& folder) {
  Row row;
  row.benchmark = row_name(benchmark, state.get<std::string>("name"));
  if (state.find<bool>("is_skipped").value_or(false)) {
    row.state = RowState::skipped;
    row.message = state.find<std::string>("skip_reason").value_or("no reason given");
    return row;
  }
  const auto mean = mean_seconds(state);
  row.repetitions = sample_seconds(state, folder);
  if (mean) {
    check_stated_mean(*mean, row.repetitions, single_precision, state.path_of(mean_tag));
  }
  if (!row.repetitions.empty()) {
    row.seconds = median(row.repetitions);
  } else if (mean) {
    row.seconds = *mean;
  } else {
    row.state = RowState::skipped;
    row.message = fmt::format("the state has no {}", mean_tag);
  }
  return row;
}

/// The device of each row in their order, -1 where none was used.
using RowDevices = std::vector<int>;

void name_devices(const std::map<int, Device>& devices, const RowDevices& used, BenchmarkFile& file) {
  std::set<int> different(used.begin(), used.end());
  different.erase(-1);
  if (different.size() > 1) {
    for (std::size_t i = 0; i < file.rows.size(); ++i) {
      const auto device = devices.find(used[i]);
      const std::string name = device == devices.end() ? "" : " " + device->second.name;
      file.rows[i].benchmark += fmt::format(" on device {}{}", used[i], name);
    }
    return;
  }
  const auto device = different.empty() ? devices.end() : devices.find(*different.begin());
  if (device == devices.end()) {
    return;
  }
  file.context["gpu_name"] = device->second.name;
  file.context["compute_capability"] = device->second.compute_capability;
  file.context["gpu_default_clock_hz"] = device->second.clock;
}

void read_version(const JsonFields& fields, BenchmarkFile& file) {
  const nlohmann::json& meta = fields.required("meta");
  const auto pointer = nlohmann::json::json_pointer("/version/nvbench/string");
  if (meta.is_object() && meta.contains(pointer) && meta[pointer].is_string()) {
    file.context["nvbench_version"] = meta[pointer].get<std::string>();
  }
}

}  // namespace

BenchmarkFile parse_nvbench_json(const nlohmann::json& json, const fs::path& folder) {
  BenchmarkFile file;
  file.program = "nvbench";
  file.advice = "run with --jsonbin FILE, which keeps the samples";
  const JsonFields fields(json, "");
  read_version(fields, file);
  const std::map<int, Device> devices = read_devices(fields.required("devices"));
  const nlohmann::json& benchmarks = fields.required("benchmarks");
  require_array(benchmarks, "benchmarks");
  RowDevices used;
  for (std::size_t i = 0; i < benchmarks.size(); ++i) {
    const JsonFields benchmark(benchmarks[i], fmt::format("benchmarks[{}]", i));
    const std::string name = benchmark.get<std::string>("name");
    const nlohmann::json& states = benchmark.required("states");
    require_array(states, benchmark.path_of("states"));
    for (std::size_t j = 0; j < states.size(); ++j) {
      const JsonFields state(states[j], fmt::format("{}[{}]", benchmark.path_of("states"), j));
      file.rows.push_back(read_state(state, name, folder));
      used.push_back(state.find<int>("device").value_or(-1));
    }
  }
  name_devices(devices, used, file);
  file.aggregates_only = !file.rows.empty();
  for (const Row& row : file.rows) {
    file.aggregates_only = file.aggregates_only && row.repetitions.empty();
  }
  return file;
}

}  // namespace cuparity
