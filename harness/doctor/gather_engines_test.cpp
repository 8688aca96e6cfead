// What engines and the toolkit say, from a folder that stands for "/" and from recorded outputs of programs.
#include "harness/doctor/gather.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <map>

#include "harness/doctor/gather_fixture.hpp"

namespace cuparity {
namespace {

using Gather = GatherFixture;

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(Gather, DockerAnswers) {
  install("docker");
  answers_ = {
      {"docker version", {0, false, R"({"Client":{"Version":"29.7.2"},"Server":{"Version":"29.7.2"}})"}},
      {"docker info",
       {0, false,
        "{\"CgroupVersion\":\"2\",\"CgroupDriver\":\"systemd\",\"SecurityOptions\":[\"name=rootless\"],"
        "\"Runtimes\":{\"nvidia\":{},\"runc\":{}},\"CDISpecDirs\":[\"/etc/cdi\"],"
        "\"DiscoveredDevices\":[{\"Source\":\"cdi\",\"ID\":\"nvidia.com/gpu=0\"}]}\nWARNING: No swap limit "
        "support"}}};
  gather_engines(sources_, probe_);
  ASSERT_EQ(probe_.engines.size(), 1U);
  EXPECT_TRUE(probe_.engines[0].answers);
  EXPECT_TRUE(probe_.engines[0].rootless);
  EXPECT_THAT(probe_.engines[0].runtimes, ElementsAre("nvidia", "runc"));
  EXPECT_THAT(probe_.engines[0].cdi_devices, ElementsAre("nvidia.com/gpu=0"));
}

TEST_F(Gather, DockerInItsOwnWordsWhereItDoesNotAnswer) {
  install("docker");
  answers_ = {
      {"docker version",
       {1, false,
        "{\"Client\":{\"Version\":\"20.10.24\"},\"Server\":null}\nCannot connect to the Docker daemon at "
        "unix:///var/run/docker.sock. Is the docker daemon running?\n"}}};
  gather_engines(sources_, probe_);
  EXPECT_FALSE(probe_.engines[0].answers);
  EXPECT_EQ(probe_.engines[0].client_version, "20.10.24");
  EXPECT_THAT(probe_.engines[0].failure, HasSubstr("Is the docker daemon running?"));
  EXPECT_FALSE(probe_.engines[0].permission_denied);

  probe_ = {};
  answers_ = {{"docker version",
               {1, false, "Got permission denied while trying to connect to the Docker daemon socket"}}};
  gather_engines(sources_, probe_);
  EXPECT_TRUE(probe_.engines[0].permission_denied);

  probe_ = {};
  answers_ = {{"docker version", {137, true, ""}}};
  gather_engines(sources_, probe_);
  EXPECT_TRUE(probe_.engines[0].timed_out);
}

TEST_F(Gather, PodmanAndTheOthers) {
  for (const char* program : {"podman", "docker-compose", "nerdctl", "apptainer"}) install(program);
  answers_ = {{"podman version", {0, false, "4.3.1\n"}},
              {"podman info", {0, false, "true v2 systemd\n"}},
              {"docker-compose version", {0, false, "1.29.2\n"}},
              {"nerdctl --version", {0, false, "nerdctl version 1.7.6\n"}},
              {"apptainer --version", {0, false, "apptainer version 1.3.2\n"}}};
  gather_engines(sources_, probe_);
  ASSERT_EQ(probe_.engines.size(), 4U);
  EXPECT_TRUE(probe_.engines[0].rootless);
  EXPECT_EQ(probe_.engines[0].cgroup_version, "2");
  EXPECT_EQ(probe_.engines[1].client_version, "1.29.2");
}

TEST_F(Gather, ToolkitConfigurationIsRead) {
  for (const char* program : {"nvidia-ctk", "nvidia-container-runtime-hook"}) install(program);
  root_.write(
      "etc/nvidia-container-runtime/config.toml",
      "[nvidia-container-cli]\n#no-cgroups = false\nno-cgroups = true # for rootless\n\n"
      "[nvidia-container-runtime]\nmode = \"cdi\"\n[nvidia-container-runtime.modes.csv]\nmode = \"x\"\n");
  root_.write("etc/docker/daemon.json",
              R"({"runtimes": {"nvidia": {"path": "x"}}, "features": {"cdi": true}})");
  answers_ = {{"/usr/bin/nvidia-ctk --version",
               {0, false, "NVIDIA Container Toolkit CLI version 1.19.1\ncommit: 1"}}};
  gather_toolkit(sources_, probe_);
  EXPECT_EQ(probe_.toolkit.version, "1.19.1");
  EXPECT_TRUE(probe_.toolkit.no_cgroups);
  EXPECT_EQ(probe_.toolkit.mode, "cdi");
  EXPECT_TRUE(probe_.toolkit.nvidia_runtime);
  EXPECT_EQ(probe_.toolkit.cdi_feature, "true");
  EXPECT_EQ(probe_.toolkit.programs.size(), 2U);
}

TEST_F(Gather, TheConfigurationOfARootlessEngineIsTheUsersWhereXdgSaysSo) {
  root_.write("etc/nvidia-container-runtime/config.toml", "[nvidia-container-cli]\nno-cgroups = false\n");
  root_.write("home/u/.config/nvidia-container-runtime/config.toml", "[nvidia-container-cli]\nno-cgroups = true\n");
  probe_.engines.emplace_back().name = "docker";
  probe_.engines[0].rootless = true;
  gather_toolkit(sources_, probe_);
  EXPECT_FALSE(probe_.toolkit.no_cgroups);
  EXPECT_EQ(probe_.toolkit.config_file, "/etc/nvidia-container-runtime/config.toml");
  sources_.variables["XDG_CONFIG_HOME"] = "/home/u/.config";
  gather_toolkit(sources_, probe_);
  EXPECT_TRUE(probe_.toolkit.no_cgroups);
  EXPECT_EQ(probe_.toolkit.config_file, "$XDG_CONFIG_HOME/nvidia-container-runtime/config.toml");
  probe_.engines[0].rootless = false;
  probe_.toolkit = {};
  gather_toolkit(sources_, probe_);
  EXPECT_FALSE(probe_.toolkit.no_cgroups);
}

TEST_F(Gather, AConfigurationThatTheToolkitRefuses) {
  install("nvidia-ctk");
  root_.write("etc/nvidia-container-runtime/config.toml", "no-cgroups = true\n[nvidia-container-runtime]\n");
  gather_toolkit(sources_, probe_);
  EXPECT_FALSE(probe_.toolkit.no_cgroups) << "the toolkit passes it over outside of its section";
  EXPECT_EQ(probe_.toolkit.config_failure, "");
  root_.write("etc/nvidia-container-runtime/config.toml", "[nvidia-container-cli]\nno-cgroups = \"true\"\n");
  gather_toolkit(sources_, probe_);
  EXPECT_THAT(probe_.toolkit.config_failure, HasSubstr("have no quotes"));
  probe_.toolkit = {};
  root_.write("etc/nvidia-container-runtime/config.toml", "[nvidia-container-cli\n");
  answers_ = {{"/usr/bin/nvidia-ctk config",
               {1, false, "time=\"x\" level=error msg=\"unable to create config: (1, 2): unexpected token unclosed table key\"\n"}}};
  gather_toolkit(sources_, probe_);
  EXPECT_THAT(probe_.toolkit.config_failure, testing::StartsWith("(1, 2): unexpected token"));
}

TEST_F(Gather, BrokenDaemonJsonIsAFact) {
  root_.write("etc/docker/daemon.json", R"({"runtimes": {"nvidia": )");
  gather_toolkit(sources_, probe_);
  EXPECT_THAT(probe_.toolkit.daemon_json_failure, testing::StartsWith("it is not valid JSON: line 1, column "));
  root_.write("etc/docker/daemon.json", "[]");
  probe_ = {};
  gather_toolkit(sources_, probe_);
  EXPECT_EQ(probe_.toolkit.daemon_json_failure, "it holds no {…}, but array");
  root_.write("etc/docker/daemon.json", "\n");  // dockerd starts with it
  probe_ = {};
  gather_toolkit(sources_, probe_);
  EXPECT_EQ(probe_.toolkit.daemon_json_failure, "");
  root_.write("etc/docker/daemon.json", R"({"runtimes": "x", "features": []})");
  probe_ = {};
  gather_toolkit(sources_, probe_);
  EXPECT_EQ(probe_.toolkit.daemon_json_failure, "");
}

/// From Docker 23 on dockerd says itself what is wrong with a file that is valid JSON.
TEST_F(Gather, DockerdIsAskedWhyItDoesNotStart) {
  install("dockerd");
  root_.write("etc/docker/daemon.json", R"({"features": {"cdi": "true"}})");
  const char* words = "unable to configure the Docker daemon with file x: cannot unmarshal string into features of type bool";
  answers_ = {{"/usr/bin/dockerd --validate --config-file", {1, false, words}}};
  probe_.engines.emplace_back().name = "docker";
  gather_toolkit(sources_, probe_);
  EXPECT_EQ(probe_.toolkit.daemon_json_failure, words);

  for (const bool answers : {true, false}) {  // not where it runs; an old one has no such option
    asked_.clear();
    probe_.toolkit = {};
    probe_.engines[0].answers = answers;
    answers_ = {{"/usr/bin/dockerd --validate", {125, false, "Status: unknown flag: --validate"}}};
    gather_toolkit(sources_, probe_);
    EXPECT_EQ(probe_.toolkit.daemon_json_failure, "");
    EXPECT_EQ(asked_.empty(), answers);
  }
}

TEST_F(Gather, DaemonJsonOfARootlessDockerIsTheUsers) {
  root_.write("etc/docker/daemon.json", R"({"runtimes": {"nvidia": {}}})");
  root_.write("home/u/.config/docker/daemon.json", R"({"features": {"cdi": true}})");
  sources_.variables["HOME"] = "/home/u";
  probe_.engines.emplace_back().name = "docker";
  probe_.engines[0].rootless = true;
  gather_toolkit(sources_, probe_);
  EXPECT_EQ(probe_.toolkit.daemon_json, "$HOME/.config/docker/daemon.json");
  EXPECT_EQ(probe_.toolkit.cdi_feature, "true");
  EXPECT_FALSE(probe_.toolkit.nvidia_runtime);
}

TEST_F(Gather, FilesThatAreNoneAreNotWaitedFor) {
  root_.write("etc/docker/x");
  root_.write("etc/cdi/x");
  root_.write("etc/nvidia-container-runtime/x");
  for (const char* file : {"etc/docker/daemon.json", "etc/cdi/nvidia.yaml", "etc/nvidia-container-runtime/config.toml"})
    ASSERT_EQ(mkfifo((root_.path() / file).c_str(), 0600), 0);
  gather_toolkit(sources_, probe_);
  gather_cdi(sources_, probe_);
  EXPECT_EQ(probe_.toolkit.daemon_json_failure, "");
  EXPECT_THAT(probe_.not_looked, ElementsAre("/etc/docker/daemon.json: it can't be read by this user"));
  EXPECT_THAT(probe_.cdi.at(0).failure, HasSubstr("can't be read"));
}

/// The package podman-docker.
TEST_F(Gather, ADockerThatIsPodmanIsNoDocker) {
  for (const char* program : {"docker", "podman"}) install(program);
  answers_ = {{"docker version", {0, false, R"({"Client":{"APIVersion":"4.3.1","Version":"4.3.1","OsArch":"linux/amd64"}})"}},
              {"docker --version", {0, false, "podman version 4.3.1\n"}},
              {"podman version", {0, false, "4.3.1\n"}},
              {"podman info", {0, false, "true v2 systemd\n"}}};
  gather_engines(sources_, probe_);
  EXPECT_EQ(find_engine(probe_, "docker"), nullptr);
  ASSERT_NE(find_engine(probe_, "podman"), nullptr);
  EXPECT_TRUE(find_engine(probe_, "podman")->stands_for_docker);
}

TEST_F(Gather, PodmanThatCannotSetItselfUpHasAVersionAllTheSame) {
  install("podman");
  answers_ = {{"podman version", {125, false, "Error: exec: \"newuidmap\": executable file not found in $PATH\n"}},
              {"podman info", {125, false, "Error: exec: \"newuidmap\": executable file not found in $PATH\n"}},
              {"podman --version", {0, false, "podman version 4.3.1\n"}}};
  gather_engines(sources_, probe_);
  EXPECT_EQ(probe_.engines[0].client_version, "4.3.1");
  EXPECT_FALSE(probe_.engines[0].answers);
}

TEST_F(Gather, DockerHostIsKeptWithoutNames) {
  install("docker");
  for (const auto& [host, kept] : std::map<std::string, std::string>{{"", ""},
                                                                     {"unix:///run/user/1000/docker.sock", "unix:///run/user/1000/docker.sock"},
                                                                     {"tcp://10.0.0.5:2375", "tcp"},
                                                                     {"ssh://me@gpubox", "ssh"},
                                                                     {"gpubox:2375", "tcp"},
                                                                     {"gpubox", "tcp"},
                                                                     {"localhost:2375", "tcp, this machine"},
                                                                     {"tcp://127.0.0.1:2375", "tcp, this machine"}}) {
    probe_ = {};
    sources_.variables["DOCKER_HOST"] = host;
    gather_engines(sources_, probe_);
    EXPECT_EQ(probe_.engines.at(0).host, kept);
  }
}

/// A dockerd started `ticks` after a boot at the second 1000, with this PATH.
class GatherDaemon : public Gather {
 protected:
  void start_dockerd(const std::string& path) {
    root_.write("proc/stat", "cpu 1 2 3\nbtime 1000\n");
    root_.write("proc/77/comm", "dockerd\n");
    root_.write("proc/77/stat", "77 (docker d) S 1 77 77 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0 500 1 2\n");
    root_.write("proc/77/environ", std::string("HOME=/root") + '\0' + "PATH=" + path + '\0');
    root_.write("proc/self/comm", "cuparity\n");
    root_.write("proc/78/comm", "bash\n");
  }
};

TEST_F(GatherDaemon, DockerdsPathIsWhereTheHookMustBe) {
  install("nvidia-container-runtime-hook");
  start_dockerd("/sbin:/usr/bin");
  const auto daemon = find_daemon(sources_);
  ASSERT_TRUE(daemon);
  EXPECT_THAT(daemon->search_path, ElementsAre("/sbin", "/usr/bin"));
  EXPECT_DOUBLE_EQ(daemon->started, 1000 + 500.0 / static_cast<double>(sysconf(_SC_CLK_TCK)));
  gather_toolkit(sources_, probe_);
  EXPECT_TRUE(probe_.toolkit.daemon_seen);
  EXPECT_EQ(probe_.toolkit.hook_on_daemon_path, "yes");
  EXPECT_TRUE(probe_.toolkit.hook_newer_than_daemon);  // installed just now, dockerd runs since 1970

  start_dockerd("/sbin");
  probe_ = {};
  gather_toolkit(sources_, probe_);
  EXPECT_EQ(probe_.toolkit.hook_on_daemon_path, "no");
}

TEST_F(GatherDaemon, APathThatMayNotBeReadIsSaid) {
  start_dockerd("");
  std::filesystem::remove(root_.path() / "proc/77/environ");
  gather_toolkit(sources_, probe_);
  EXPECT_TRUE(probe_.toolkit.daemon_seen);
  EXPECT_EQ(probe_.toolkit.hook_on_daemon_path, "");
  EXPECT_THAT(probe_.not_looked, ElementsAre(HasSubstr("only root may read it")));
}

TEST_F(Gather, WithoutDockerdNothingIsCompared) {
  gather_toolkit(sources_, probe_);
  EXPECT_FALSE(probe_.toolkit.daemon_seen);
  EXPECT_FALSE(find_daemon(sources_));
}

}  // namespace
}  // namespace cuparity
