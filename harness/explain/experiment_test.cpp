#include "harness/explain/experiment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "harness/explain/example.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

/// The experiment that gives `candidate` the baseline's `value` of `key`.
std::optional<Experiment> experiment(ExperimentKind kind, const std::string& key, const std::string& value,
                                     const std::string& candidate, const std::string& other = "other") {
  const cuparity::Run run = example_of({{"native", {{key, value}}}, {candidate, {{key, other}}}}, {"x"});
  return experiment_for(kind, {key, value, other, false}, run, "native", candidate);
}

TEST(ChangedMode, ComesBackFromItsText) {
  for (const char* text : {"docker:none", "docker:none --cpus=1", "docker:manual --init",
                           "docker:--gpus='\"device=0,1\"' --cpus 2"}) {
    const AccessMode changed =
        changed_mode(parse_access_mode(text), {"--cpus"}, {"--env=A=b c'd", "--cpus=0"});
    EXPECT_EQ(parse_access_mode(changed.text), changed) << changed.text;
    EXPECT_EQ(changed.arguments.back(), "--cpus=0");
  }
}

TEST(Experiment, GivesTheContainerTheBaselinesValue) {
  const std::string mode = "docker:none --cpus=0.5 --cpuset-cpus 0";
  EXPECT_EQ(experiment(ExperimentKind::same_cpu_quota, "cpu_quota", "none", mode)->mode,
            "docker:none --cpuset-cpus 0 --cpus=0");
  EXPECT_EQ(experiment(ExperimentKind::same_cpus, "cpus_allowed", "0-1", mode)->mode,
            "docker:none --cpus=0.5 --cpuset-cpus=0-1");
  EXPECT_EQ(experiment(ExperimentKind::seccomp_unconfined, "seccomp", "disabled", "docker:none")->flags,
            "--security-opt=seccomp=unconfined");
  EXPECT_EQ(experiment(ExperimentKind::same_memlock, "memlock_limit", "unlimited", "docker:none")->flags,
            "--ulimit=memlock=-1:-1");
  EXPECT_EQ(experiment(ExperimentKind::same_nofile, "nofile_limit", "1024", "docker:none")->flags,
            "--ulimit=nofile=1024:1024");
  EXPECT_EQ(
      experiment(ExperimentKind::same_shm, "shm_bytes", "1073741824", "docker:none --shm-size=1m")->mode,
      "docker:none --shm-size=1073741824");
  EXPECT_EQ(experiment(ExperimentKind::same_memory_limit, "memory_limit_bytes", "none", "docker:none")->flags,
            "--memory=0");
  EXPECT_EQ(experiment(ExperimentKind::same_variable, "variable_OMP_NUM_THREADS", "2", "docker:none")->flags,
            "--env=OMP_NUM_THREADS=2");
  EXPECT_EQ(experiment(ExperimentKind::all_gpus, "gpu_count", "4", "docker:--gpus=device=0 --init")->mode,
            "docker:--init --gpus=all");
  EXPECT_EQ(experiment(ExperimentKind::all_gpus, "gpu_count", "4", "podman:--device nvidia.com/gpu=0")->mode,
            "podman:--device=nvidia.com/gpu=all");
}

TEST(Experiment, IsNoneWhereNoFlagCanMakeIt) {
  EXPECT_FALSE(experiment(ExperimentKind::seccomp_unconfined, "seccomp", "disabled", "native"));
  EXPECT_FALSE(experiment(ExperimentKind::none, "kernel", "6.1", "docker:none"));
  EXPECT_FALSE(
      experiment(ExperimentKind::same_cpus, "cpus_allowed", "0-1 (and 2 other values)", "docker:none"));
  EXPECT_FALSE(experiment(ExperimentKind::same_cpu_quota, "cpu_quota", "", "docker:none"));
  EXPECT_FALSE(experiment(ExperimentKind::all_gpus, "gpu_count", "4", "docker:manual"));
  EXPECT_FALSE(experiment(ExperimentKind::seccomp_unconfined, "seccomp", "disabled", "nerdctl:--gpus=all"));
  const cuparity::Run run = example_of({{"native"}, {"docker:none"}}, {"x"});
  EXPECT_FALSE(experiment_for(ExperimentKind::same_variable, {"variable_A", "–", "1", false}, run, "native",
                              "docker:none"))
      << "a flag can set a variable, but not take it away";
}

class HostLibraryTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    for (const char* name : {"libcudnn.so.9.14.0", "libcudnn_ops.so.9.14.0", "libcudnn_cnn.so.9.14.0",
                             "libcudnn.so.8", "libcurl.so.9"})
      std::ofstream(folder_ / name) << "elf";
    for (const char* name : {"libcudnn", "libcudnn_ops", "libcudnn_cnn"})
      fs::create_symlink(std::string(name) + ".so.9.14.0", folder_ / (std::string(name) + ".so.9"));
  }
  void TearDown() override { fs::remove_all(folder_); }

  const fs::path folder_ = fs::canonical(testing::TempDir()) / "cuparity_host_library_test";
};

TEST_F(HostLibraryTest, AllItsPartsAreMountedOverThoseOfTheImage) {
  const std::string host = (folder_ / "libcudnn.so.9.14.0").string();
  std::vector<std::string> sonames;
  for (const auto& [soname, file] : library_parts(host)) sonames.push_back(soname);
  EXPECT_THAT(sonames, ElementsAre("libcudnn.so.9", "libcudnn_cnn.so.9", "libcudnn_ops.so.9"));
  const auto found = experiment(ExperimentKind::host_library, "libcudnn_path", host, "docker:--gpus=all",
                                "/usr/lib/libcudnn.so.9.13.1");
  ASSERT_TRUE(found);
  EXPECT_THAT(found->flags, HasSubstr("--volume=" + (folder_ / "libcudnn_ops.so.9.14.0").string() +
                                      ":/usr/lib/libcudnn_ops.so.9:ro"));
}

TEST_F(HostLibraryTest, AnotherMajorVersionIsNotPutInItsPlace) {
  EXPECT_FALSE(experiment(ExperimentKind::host_library, "libcudnn_path",
                          (folder_ / "libcudnn.so.9.14.0").string(), "docker:--gpus=all",
                          "/usr/lib/libcudnn.so.8.9.7"));
}

}  // namespace
}  // namespace cuparity
