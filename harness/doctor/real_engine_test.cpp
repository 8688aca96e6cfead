// Real Docker's own words, made to fail in each way that needs no GPU, and the doctor's answer to them.
// Skipped, with the reason, where no Docker answers. CDI needs Docker 25 or newer: DOCKER_HOST chooses another daemon.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "harness/doctor/from_text.hpp"
#include "harness/doctor/knowledge/questions.hpp"
#include "harness/engine/process.hpp"

namespace cuparity {
namespace {

constexpr const char* image = "localhost/cuparity-doctor-test:latest";

ProcessResult shell(const std::string& script) {
  ChildProcess child;
  child.command = {"sh", "-c", script};
  child.time_limit = std::chrono::seconds(30);
  return run_process(child);
}

struct RealCase {
  const char* name;
  const char* script;  ///< $IMAGE stands for the image
  const char* id;
  int first_docker = 0;  ///< skipped on older ones
  int last_docker = 999;
};

void PrintTo(const RealCase& test, std::ostream* out) { *out << "real engine: " << test.script; }

class RealDocker : public testing::TestWithParam<RealCase> {
 protected:
  struct Ready {
    std::string obstacle;
    std::string version;
  };
  /// An image of this machine's own shell; no registry is needed.
  static Ready look() {
    Ready ready;
    const ProcessResult version = shell("docker version --format '{{.Server.Version}}'");
    if (version.exit_code != 0) return {"docker does not answer: " + version.standard_error, ""};
    ready.version = version.standard_error;
    const ProcessResult made = shell(
        "set -e; root=$(mktemp -d); trap 'rm -rf $root' EXIT; mkdir -p $root/bin $root/tmp $root/proc $root/sys $root/dev\n"
        "for tool in sh df dd cat touch; do file=$(readlink -f $(command -v $tool)); cp $file $root/bin/$tool\n"
        "  for library in $(ldd $file | grep -o '/[^ ]*'); do mkdir -p $root/$(dirname $library); cp -L $library "
        "$root/$library; done; done\n"
        "tar -C $root -c . | docker import - " +
        std::string(image));
    if (made.exit_code != 0) ready.obstacle = "no image could be imported: " + made.standard_error;
    return ready;
  }
};

TEST_P(RealDocker, SaysWhatTheDoctorKnows) {
  static const Ready ready = look();
  if (!ready.obstacle.empty()) GTEST_SKIP() << "a real engine was NOT tested: " << ready.obstacle;
  const RealCase& test = GetParam();
  if (!version_at_least(ready.version, test.first_docker, 0) ||
      version_at_least(ready.version, test.last_docker + 1, 0)) {
    GTEST_SKIP() << "NOT tested: needs Docker " << test.first_docker << " to " << test.last_docker << ", here is "
                 << ready.version;
  }
  const ProcessResult result = shell(std::string("IMAGE=") + image + "; R='docker run --rm --network none'; " + test.script);
  if (result.exit_code == 77) GTEST_SKIP() << "NOT tested: this machine can't (a hook is installed, or no root)";
  EXPECT_NE(result.exit_code, 0) << result.standard_error;
  const DoctorReport report = diagnose_text(result.standard_error + " ", nullptr);
  EXPECT_THAT(report.text["causes"].get<std::vector<std::string>>(), testing::Contains(test.id)) << result.standard_error;
}

const RealCase cases[] = {
    {"runtime_unknown", "$R --runtime=nvidia $IMAGE sh -c true", "runtime-unknown"},
    {"snap_docker_runtime_same_words", "$R --runtime=nvidia $IMAGE sh -c true", "snap-docker-runtime"},
    {"toolkit_missing",
     "command -v nvidia-container-runtime-hook nvidia-cdi-hook && exit 77; $R --gpus all $IMAGE sh -c true",
     "toolkit-missing"},
    {"docker_desktop_same_words",
     "command -v nvidia-container-runtime-hook nvidia-cdi-hook && exit 77; $R --gpus all $IMAGE sh -c true",
     "docker-desktop-linux-context"},
    // A dockerd of our own with a hook that does nothing on its PATH: enough for it to read the request.
    {"count_and_device_ids",
     "command -v dockerd >/dev/null && [ $(id -u) = 0 ] || exit 77; "
     "d=$(mktemp -d); mkdir $d/bin; printf '#!/bin/sh\\nexit 0\\n' >$d/bin/nvidia-container-runtime-hook; chmod +x "
     "$d/bin/*; PATH=$d/bin:$PATH dockerd --data-root $d/data --exec-root $d/exec --pidfile $d/pid -H unix://$d/sock "
     "--bridge=none --iptables=false >$d/log 2>&1 </dev/null & "
     "for i in 1 2 3 4 5 6 7 8 9 10; do docker -H unix://$d/sock version >/dev/null 2>&1 && break; sleep 1; done; docker "
     "save $IMAGE | docker -H unix://$d/sock load >/dev/null; docker -H unix://$d/sock run --rm --network none --gpus "
     "device=0,1 $IMAGE sh -c true; e=$?; kill $(cat $d/pid); wait; rm -rf $d; exit $e",
     "count-and-device-ids"},
    {"cdi_driver_not_enabled", "$R --gpus driver=cdi $IMAGE sh -c true", "cdi-driver-not-enabled", 0, 24},
    {"cdi_name_without_cdi", "$R --device nvidia.com/gpu=all $IMAGE sh -c true 2>&1 | grep . && exit 1",
     "cdi-driver-not-enabled", 0, 24},
    {"compose_toolkit_missing", "$R --gpus driver=nvidia $IMAGE sh -c true", "compose-toolkit-missing", 0, 24},
    {"cdi_unresolvable", "$R --device cuparity.test/none=0 $IMAGE sh -c true", "cdi-unresolvable-docker", 29},
    {"cdi_driver_with_count", "$R --gpus driver=cdi,count=1 $IMAGE sh -c true", "cdi-driver-with-count", 29},
    {"nvidia_smi_not_found", "$R $IMAGE nvidia-smi", "nvidia-smi-not-found"},
    {"nvidia_smi_not_found_by_shell", "$R $IMAGE sh -c nvidia-smi", "build-nvidia-smi"},
    {"build_nvidia_smi",
     "d=$(mktemp -d); printf 'FROM %s\\nRUN nvidia-smi\\n' $IMAGE >$d/Dockerfile; DOCKER_BUILDKIT=0 docker build --network "
     "none $d; e=$?; rm -r $d; exit $e",
     "build-nvidia-smi"},
    {"nccl_shm_too_small",
     "$R $IMAGE sh -c 'dd if=/dev/zero of=/dev/shm/nccl-test bs=1048576 count=80' || { echo NCCL WARN; exit 1; }",
     "nccl-shm-too-small"},
    {"nofile", "$R --ulimit nofile=8:8 $IMAGE sh -c 'exec 3</bin/sh 4</bin/sh 5</bin/sh 6</bin/sh 7</bin/sh; cat /bin/sh'",
     "nofile-1024"},
    {"stale_mount",
     "$R --mount type=bind,source=/usr/lib/x86_64-linux-gnu/libcuda.so.0.0.0,target=/usr/lib/libcuda.so.1 $IMAGE sh -c true",
     "cdi-stale-missing-lib"},
    {"stale_node", "$R --device /dev/nvidia-uvm:/dev/nvidia-uvm $IMAGE sh -c true", "uvm-node-missing"},
};

INSTANTIATE_TEST_SUITE_P(RealEngine, RealDocker, testing::ValuesIn(cases),
                         [](const testing::TestParamInfo<RealCase>& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace cuparity
