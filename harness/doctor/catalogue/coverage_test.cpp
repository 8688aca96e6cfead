// Every case of the catalogue and by what it is tested: the words of a text, a recorded probe, a real engine here, a real
// engine on a GPU machine. Fails where a case has less than what is possible for its kind; prints the table.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/doctor/catalogue/real_cases.hpp"
#include "harness/doctor/catalogue/text_cases.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/record/json_fields.hpp"

namespace cuparity {
namespace {

/// Where a case can be made to happen.
enum class Possible { plain_engine, other_software, gpu, special_host };

struct CatalogueCase {
  const char* id;
  Possible possible;
  const char* words_alone = "";  ///< why neither a real reproduction nor a recorded probe shows it
};

constexpr CatalogueCase catalogue[] = {
    {"build-nvidia-smi", Possible::plain_engine},
    {"cdi-driver-not-enabled", Possible::plain_engine},
    {"cdi-driver-with-count", Possible::plain_engine},
    {"cdi-hook-missing", Possible::plain_engine},
    {"cdi-unresolvable-docker", Possible::plain_engine},
    {"compose-toolkit-missing", Possible::plain_engine},
    {"count-and-device-ids", Possible::plain_engine},
    {"cudnn-sublib-missing-8", Possible::plain_engine},
    {"cudnn-sublib-missing-9", Possible::plain_engine},
    {"debian-conflicting-signed-by", Possible::plain_engine},
    {"docker29-cdi-disabled-cdi-hook-only", Possible::plain_engine},
    {"docker29-cdi-hook-only-no-spec", Possible::plain_engine},
    {"driver-insufficient", Possible::plain_engine},
    {"libcuda-missing", Possible::plain_engine},
    {"nccl-shm-too-small", Possible::plain_engine},
    {"nofile-1024", Possible::plain_engine},
    {"nvidia-smi-not-found", Possible::plain_engine},
    {"pidfd-getfd", Possible::plain_engine},
    {"runtime-unknown", Possible::plain_engine},
    {"set-mempolicy", Possible::plain_engine},
    {"stub-libcuda", Possible::plain_engine},
    {"toolkit-missing", Possible::plain_engine},
    {"visible-devices-void", Possible::plain_engine},
    {"zero-length-libcuda", Possible::plain_engine},
    {"apparmor-profile", Possible::other_software, "the profile is missing at the moment of the start only"},
    {"apparmor-userns-enroot", Possible::other_software},
    {"cdi-not-generated-before-docker", Possible::other_software},
    {"cdi-schema-hostpath", Possible::other_software},
    {"cdi-stale-missing-lib", Possible::other_software},
    {"compose-schema-too-old", Possible::other_software},
    {"docker-desktop-linux-context", Possible::other_software},
    {"k8s-insufficient-gpu", Possible::other_software, "a state of the cluster that no probe reads"},
    {"k8s-plugin-no-nvml", Possible::other_software, "a state of the cluster that no probe reads"},
    {"podman-gpus-noop", Possible::other_software},
    {"snap-docker-nvml", Possible::other_software},
    {"snap-docker-runtime", Possible::other_software},
    {"apptainer-nvccli-contain", Possible::gpu},
    {"bpf-load-invalid-argument", Possible::gpu},
    {"cdi-debian-gl-libs", Possible::gpu},
    {"cgroupv2-old-lib", Possible::gpu},
    {"compat-803", Possible::gpu},
    {"compat-broken-symlink", Possible::gpu, "a broken link in an image, which a probe of the host does not see"},
    {"cuda-visible-devices-empty", Possible::gpu},
    {"cudnn-sublib-mismatch", Possible::gpu},
    {"driver-library-mismatch-inside", Possible::gpu},
    {"driver-library-mismatch-start", Possible::gpu},
    {"driver-rpc-timeout", Possible::gpu, "a driver service that answers late, and then in time"},
    {"exclusive-process", Possible::gpu},
    {"handle-only-in-container", Possible::gpu, "the reports do not settle what a probe would show"},
    {"image-ships-driver-libs-file-exists", Possible::gpu},
    {"jit-cdi-unresolvable", Possible::gpu},
    {"ldcache-not-updated", Possible::gpu},
    {"ldconfig-path", Possible::gpu},
    {"no-kernel-image", Possible::gpu, "the program's own code decides; no probe reads it"},
    {"no-persistence-slow-start", Possible::gpu},
    {"nvml-insufficient-permissions-start", Possible::gpu},
    {"nvml-permission-nonroot", Possible::gpu},
    {"nvml-unknown-error-daemon-reload", Possible::gpu},
    {"nvml-unknown-error-no-cgroups", Possible::gpu},
    {"perf-counters-denied", Possible::gpu},
    {"require-cuda-unsatisfied", Possible::gpu},
    {"rootless-bpf-not-permitted", Possible::gpu},
    {"unknown-device-id", Possible::gpu},
    {"unknown-device-new-text", Possible::gpu},
    {"unsupported-ptx", Possible::gpu, "the program's own code decides; no probe reads it"},
    {"uvm-node-missing", Possible::gpu},
    {"compat-804", Possible::special_host},
    {"csv-mode-hook-direct", Possible::special_host},
    {"cuda-ipc-handle", Possible::special_host, "two containers decide; a probe sees one"},
    {"fabric-manager", Possible::special_host},
    {"gpu-lost", Possible::special_host},
    {"gpu-operator-management-cdi", Possible::special_host, "a state of the cluster that no probe reads"},
    {"imex-channel", Possible::special_host, "a second host decides; a probe sees one"},
    {"k8s-cpumanager-eperm", Possible::special_host},
    {"mig-one-device", Possible::special_host},
    {"open-kmod-hmm", Possible::special_host},
    {"p2p-acs-hang", Possible::special_host},
    {"selinux-denied", Possible::special_host},
    {"unrequesting-pod-sees-all", Possible::special_host},
    {"uvm-after-suspend", Possible::special_host},
    {"vgpu-host-driver", Possible::special_host},
    {"volume-mounts-token-as-device", Possible::special_host, "a state of the cluster that no probe reads"},
    {"wsl-device-selection", Possible::special_host, "a limit of WSL, not a state"},
    {"wsl-no-adapter", Possible::special_host},
};

struct Tested {
  std::set<std::string> text, probe, here, gpu_machine;
};

const Tested& tested() {
  static const Tested all = [] {
    Tested found;
    for (const auto& cases : {engine_text_cases(), program_text_cases()})
      for (const TextCase& each : cases) found.text.insert(each.id);
    for (const nlohmann::json& each : read_json_file(CUPARITY_RECORDED_PROBES))
      found.probe.insert(each["id"].get<std::string>());
    for (const RealCase& each : real_cases())
      (each.place == RealPlace::here ? found.here : found.gpu_machine).insert(each.id);
    return found;
  }();
  return all;
}

std::string kinds_of(const std::string& id) {
  std::string kinds;
  const auto add = [&](const std::set<std::string>& ids, const char* kind) {
    if (ids.contains(id)) kinds += (kinds.empty() ? "" : ", ") + std::string(kind);
  };
  add(tested().here, "real engine here");
  add(tested().gpu_machine, "GPU machine");
  add(tested().probe, "recorded probe");
  add(tested().text, "text");
  return kinds;
}

TEST(Coverage, EveryCaseOfTheCatalogueIsTestedByWhatItsKindAllows) {
  std::string table;
  for (const CatalogueCase& each : catalogue) {
    SCOPED_TRACE(each.id);
    EXPECT_NE(find_problem(each.id), nullptr);
    EXPECT_TRUE(tested().text.contains(each.id)) << "no text";
    const bool real = tested().here.contains(each.id);
    const bool enough = each.possible == Possible::plain_engine
                            ? real
                            : real || tested().gpu_machine.contains(each.id) || tested().probe.contains(each.id);
    const std::string words_alone = each.words_alone;
    EXPECT_NE(enough, !words_alone.empty()) << "either it is shown, or the table says why not";
    table += fmt::format("| {} | {}{} |\n", each.id, kinds_of(each.id),
                         words_alone.empty() ? "" : fmt::format(" ({})", words_alone));
  }
  fmt::print("| case | tested by |\n|:--|:--|\n{}", table);
}

TEST(Coverage, TheTableHoldsEveryCaseOnce) {
  std::set<std::string> ids;
  for (const CatalogueCase& each : catalogue) EXPECT_TRUE(ids.insert(each.id).second) << each.id << " is there twice";
  EXPECT_EQ(ids.size(), 84u);
  // What was learnt since is tested by its words at least.
  for (const KnownProblem* problem : known_problems())
    EXPECT_TRUE(ids.contains(problem->id) || tested().text.contains(problem->id)) << problem->id;
}

TEST(Coverage, RealCasesNameKnownProblems) {
  std::set<std::string> names;
  for (const RealCase& each : real_cases()) {
    EXPECT_NE(find_problem(each.id), nullptr) << each.name;
    EXPECT_TRUE(names.insert(each.name).second) << each.name << " is there twice";
  }
  EXPECT_GE(tested().here.size(), 26u);
}

}  // namespace
}  // namespace cuparity
