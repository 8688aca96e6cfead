// Probes made up for the tests.
#pragma once

#include "harness/doctor/probe.hpp"

namespace cuparity {

/// A host with one H200, Docker 29 and the toolkit, where everything works.
inline Probe healthy_host() {
  Probe probe;
  probe.os = "Ubuntu 24.04.3 LTS";
  probe.kernel = "6.8.0-60-generic";
  probe.cpu_model = "Example CPU";
  probe.inside.container = "none";
  probe.inside.injection_path = "native";
  probe.driver.pci_gpus = {{"0000:65:00.0", "0x2335", "nvidia"}};
  probe.driver.module_loaded = true;
  probe.driver.module_version = "580.159.04";
  probe.driver.uvm_loaded = true;
  for (const char* path : {"/dev/nvidia0", "/dev/nvidiactl", "/dev/nvidia-uvm"}) {
    probe.driver.nodes.push_back({path, "0666", 0, 0, "ok"});
  }
  probe.driver.libraries = {{"/usr/lib/x86_64-linux-gnu/libcuda.so.1",
                             "/usr/lib/x86_64-linux-gnu/libcuda.so.580.159.04", "580.159.04", 1000}};
  GpuFacts gpu{0, "NVIDIA H200", "GPU-1", "00000000:65:00.0", 150754820096, true, true, false};
  probe.nvml = {"ok",         "",     "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.580.159.04",
                "580.159.04", "13.0", {gpu}};
  probe.cuda = {"ok", "", "/usr/lib/x86_64-linux-gnu/libcuda.so.580.159.04", 0, 13000, 1};
  EngineFacts docker;
  docker.name = "docker";
  docker.path = "/usr/bin/docker";
  docker.client_version = docker.server_version = "29.7.2";
  docker.answers = true;
  docker.cgroup_version = "2";
  docker.cgroup_driver = "systemd";
  docker.runtimes = {"nvidia", "runc"};
  docker.cdi_folders = {"/etc/cdi", "/var/run/cdi"};
  probe.engines = {docker};
  probe.toolkit.programs = {{"nvidia-ctk", "/usr/bin/nvidia-ctk"},
                            {"nvidia-container-runtime", "/usr/bin/nvidia-container-runtime"},
                            {"nvidia-container-runtime-hook", "/usr/bin/nvidia-container-runtime-hook"}};
  probe.toolkit.version = "1.19.1";
  CdiSpec spec;
  spec.path = "/etc/cdi/nvidia.yaml";
  spec.kind = "nvidia.com/gpu";
  spec.devices = {"0", "all"};
  spec.driver_versions = {"580.159.04"};
  probe.cdi = {spec};
  probe.images = {{"docker", "cuparity:0.1.0", true, "sha256:1"}};
  probe.access = {{"docker:--gpus=all", "ok", "", {"GPU-1"}, 1, "NVML"}};
  return probe;
}

/// A machine without a GPU, with Docker and the image.
inline Probe host_without_gpu() {
  Probe probe = healthy_host();
  probe.driver = {};
  probe.nvml = {"failed", "libnvidia-ml.so.1 can't be loaded", "", "", "", {}};
  probe.cuda = {"failed", "libcuda.so.1: cannot open shared object file", "", 0, 0, -1};
  probe.toolkit = {};
  probe.cdi.clear();
  probe.access = {{"docker:none", "ok", "", {}, 0, "NVML"}};
  return probe;
}

/// The inside of a container that was given the GPU by CDI.
inline Probe inside_container() {
  Probe probe = healthy_host();
  probe.inside.container = "docker";
  probe.inside.injection_path = "cdi";
  probe.inside.variables = {{"NVIDIA_VISIBLE_DEVICES", "void"}};
  probe.inside.driver_library_mounts = {"/usr/lib/x86_64-linux-gnu/libcuda.so.580.159.04"};
  probe.inside.shm_bytes = 64 << 20;
  probe.inside.memlock_limit = "unlimited";
  probe.engines.clear();
  probe.toolkit = {};
  probe.cdi.clear();
  probe.images.clear();
  probe.access.clear();
  return probe;
}

}  // namespace cuparity
