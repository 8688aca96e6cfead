// Test data: a truth table of two GPUs with a row of every verdict.
#pragma once

#include "harness/access/truth_table.hpp"

namespace cuparity {

inline AccessRow example_row(const std::string& name, const std::string& mode, AccessVerdict verdict, bool as_expected,
                             const std::string& reason) {
  AccessRow row;
  row.name = name;
  row.engine = "docker";
  row.mode = mode;
  row.verdict = verdict;
  row.as_expected = as_expected;
  row.reason = reason;
  return row;
}

/// A row in which the probe ran and saw `gpus` by its nodes, NVML and CUDA.
inline AccessRow example_seen_row(AccessRow row, const std::vector<std::string>& expected,
                                  const std::vector<std::string>& gpus) {
  row.expected = (expected.empty() ? "no GPU" : expected.front()) + " (the rule)";
  row.expected_gpus = expected;
  row.node_gpus = row.nvml_gpus = row.cuda_gpus = gpus;
  row.libraries = {"libcuda.so.1 /usr/lib/libcuda.so.580.159.04 (mount)"};
  row.capabilities = "14 capabilities, device cgroup v2 not readable from inside, seccomp filter";
  row.injection_path = "cdi";
  return row;
}

inline AccessTable example_table() {
  AccessTable table;
  table.host.gpus = {{0, "GPU-a", "00000000:01:00.0", 0, {}}, {1, "GPU-b", "00000000:02:00.0", 1, {"MIG-b"}}};
  table.host.driver_version = "580.159.04";
  table.image = "localhost/any:latest";
  table.engines = {"docker 29.7.2", "podman does not answer: no such program"};
  const auto both = std::vector<std::string>{"GPU-a", "GPU-b"};
  table.rows.push_back(
      example_seen_row(example_row("CDI index", "docker:--device=nvidia.com/gpu=0", AccessVerdict::pass, true, ""),
                       {"GPU-a"}, {"GPU-a"}));
  table.rows.push_back(example_seen_row(
      example_row("no request", "docker:none", AccessVerdict::leak, false, "GPU 0 (GPU-a): its node /dev/nvidia0 opens"),
      {}, {"GPU-a"}));
  table.rows.back().leaks = {"GPU 0 (GPU-a): its node /dev/nvidia0 opens"};
  table.rows.push_back(example_seen_row(example_row("privileged", "docker:--privileged", AccessVerdict::leak, true,
                                                    "it holds every capability of the host"),
                                        {}, both));
  table.rows.back().leaks = {"it holds every capability of the host"};
  table.rows.push_back(example_row("--gpus all", "docker:--gpus=all", AccessVerdict::fail, false,
                                   "did not start: no space left on <device> & \"more\" | pipes"));
  table.rows.back().expected = "GPU-a, GPU-b (--gpus through the legacy hook)";
  table.rows.push_back(example_row("unknown capability", "docker:--gpus=all,capabilities=nonsense", AccessVerdict::pass,
                                   true, "refused: could not select device driver"));
  table.rows.back().expected = "refused: no device driver of Docker has the capability 'nonsense'";
  table.rows.push_back(example_row("--gpus device=MIG", "docker:--gpus=device={mig0}", AccessVerdict::skipped, true,
                                   "needs a MIG device, this host has none"));
  table.rows.front().ipc = {{"GPU-b", "GPU-a", "cuIpcOpenMemHandle", "CUDA_ERROR_INVALID_DEVICE", 101}};
  table.rows[1].ipc_not_tried = "CUDA does not start inside: cuInit says 100";
  table.rows[2].ipc = {{"GPU-a", "GPU-a", "cuIpcOpenMemHandle", "CUDA_SUCCESS", 0},
                       {"GPU-b", "GPU-a", "cuIpcOpenMemHandle", "CUDA_SUCCESS", 0}};
  table.rows[2].peers = {{"GPU-a", "GPU-b", true}, {"GPU-b", "GPU-a", true}};
  table.rows.front().notes = {"no node can be made here (EPERM), so opening one was not tried"};
  return table;
}

}  // namespace cuparity
