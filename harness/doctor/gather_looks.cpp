// NVML, CUDA and the device nodes, each looked at by a child process with a time limit.
#include <fmt/format.h>

#include "harness/doctor/gather.hpp"
#include "harness/engine/last_words.hpp"

namespace cuparity {
namespace {

/// A healthy driver without persistence mode takes seconds for many GPUs.
constexpr std::chrono::seconds look_limit{10};

/// The child's JSON; where it has none, {"outcome", "failure"} say how it ended.
nlohmann::json look(const Sources& sources, const char* what) {
  if (sources.look_command.empty()) return {{"outcome", "not looked"}};
  std::vector<std::string> command = sources.look_command;
  command.push_back(what);
  const CommandResult result = sources.run(command, look_limit);
  if (result.timed_out) {
    return {{"outcome", "hung"}, {"failure", fmt::format("no answer within {} s", look_limit.count())}};
  }
  nlohmann::json seen = last_json(result.output);
  if (seen.is_object()) return seen;
  if (result.exit_code > 128) {
    return {{"outcome", "crashed"}, {"failure", fmt::format("ended by signal {}", result.exit_code - 128)}};
  }
  return {{"outcome", "failed"}, {"failure", last_words(result.output)}};
}

}  // namespace

void gather_looks(const Sources& sources, Probe& probe) {
  // Through the probe's own reader, so that a child's words and a recorded probe's are one format.
  const Probe seen = probe_from_json({{"driver", nlohmann::json::object()},
                                      {"inside", nlohmann::json::object()},
                                      {"nvml", look(sources, "nvml")},
                                      {"cuda", look(sources, "cuda")}});
  probe.nvml = seen.nvml;
  probe.cuda = seen.cuda;
  if (probe.driver.nodes.empty()) return;
  const nlohmann::json nodes = look(sources, "nodes");
  if (nodes.value("outcome", "") != "ok") {
    probe.not_looked.push_back("opening the device nodes: " +
                               nodes.value("failure", nodes.value("outcome", "")));
    return;
  }
  for (DeviceNode& node : probe.driver.nodes) node.opening = nodes["opening"].value(node.path, "");
}

}  // namespace cuparity
