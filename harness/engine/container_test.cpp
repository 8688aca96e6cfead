#include "harness/engine/container.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "environment/temporary_folder.hpp"
#include "harness/engine/engines.hpp"
#include "harness/engine/native.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

ContainerRequest request_for(const std::string& mode) {
  ContainerRequest request;
  request.name = "cuparity-1-2";
  request.image = "cuparity:1";
  request.mode = parse_access_mode(mode);
  request.process.command = {"/opt/cuparity/bin/cuparity-bench", "--backend=cuda"};
  request.process.output_folder = "/results/raw";
  request.user = "1000:1001";
  return request;
}

std::string line(const ContainerCli& cli, const ContainerRequest& request) {
  return fmt::format("{}", fmt::join(container_command(cli, request), " "));
}

TEST(ContainerCommand, OfDockerWithGpus) {
  EXPECT_EQ(line(docker_cli(), request_for("docker:--gpus=all")),
            "docker run --rm --name cuparity-1-2 --network none --volume /results/raw:/cuparity-out --user "
            "1000:1001 "
            "--gpus=all --entrypoint /opt/cuparity/bin/cuparity-bench cuparity:1 --backend=cuda");
}

TEST(CreateCommand, IsThatOfRunWithoutStartingOrRemoving) {
  const auto words = create_command(docker_cli(), request_for("docker:--gpus=all"));
  EXPECT_EQ(fmt::format("{}", fmt::join(words, " ")),
            "docker create --name cuparity-1-2 --network none --volume /results/raw:/cuparity-out --user "
            "1000:1001 "
            "--gpus=all --entrypoint /opt/cuparity/bin/cuparity-bench cuparity:1 --backend=cuda");
}

TEST(ContainerCommand, OfPodmanRelabelsAndTakesExtraFlags) {
  ContainerRequest request = request_for("podman:--device=nvidia.com/gpu=all");
  request.user = "0:0";
  request.extra_flags = {"--runtime", "runc"};
  request.process.environment = {{"CUDA_VISIBLE_DEVICES", "GPU-1,GPU-2"}};
  EXPECT_EQ(
      line(podman_cli(), request),
      "podman run --rm --name cuparity-1-2 --network none --volume /results/raw:/cuparity-out:z --user 0:0 "
      "--env CUDA_VISIBLE_DEVICES=GPU-1,GPU-2 --runtime runc --device=nvidia.com/gpu=all "
      "--entrypoint /opt/cuparity/bin/cuparity-bench cuparity:1 --backend=cuda");
}

TEST(ContainerCommand, OfManualAccessMountsNodesAndLibrariesReadOnly) {
  ContainerRequest request = request_for("docker:manual");
  request.driver_files.device_nodes = {"/dev/nvidia0", "/dev/nvidiactl", "/dev/nvidia-uvm"};
  request.driver_files.libraries = {{"libcuda.so.1", "/usr/lib/libcuda.so.580.1"},
                                    {"libnvidia-ml.so.1", "/usr/lib/libnvidia-ml.so.580.1"}};
  EXPECT_EQ(line(docker_cli(), request),
            "docker run --rm --name cuparity-1-2 --network none --volume /results/raw:/cuparity-out --user "
            "1000:1001 "
            "--device /dev/nvidia0 --device /dev/nvidiactl --device /dev/nvidia-uvm "
            "--volume=/usr/lib/libcuda.so.580.1:/usr/local/nvidia/lib64/libcuda.so.1:ro "
            "--volume=/usr/lib/libnvidia-ml.so.580.1:/usr/local/nvidia/lib64/libnvidia-ml.so.1:ro "
            "--env=LD_LIBRARY_PATH=/usr/local/nvidia/lib64:/usr/local/cuda/lib64 "
            "--entrypoint /opt/cuparity/bin/cuparity-bench cuparity:1 --backend=cuda");
}

TEST(ContainerCommand, OfNoneGivesNoGpu) {
  EXPECT_EQ(line(docker_cli(), request_for("docker:none")),
            "docker run --rm --name cuparity-1-2 --network none --volume /results/raw:/cuparity-out --user "
            "1000:1001 "
            "--entrypoint /opt/cuparity/bin/cuparity-bench cuparity:1 --backend=cuda");
}

TEST(ContainerCommand, LeavesTheNetworkToAModeThatSetsIt) {
  EXPECT_THAT(line(docker_cli(), request_for("docker:--gpus=all --network=host")),
              Not(HasSubstr("--network none")));
}

TEST(ContainerEngine, RefusesAFolderThatCannotBeMounted) {
  ContainerEngine engine(docker_cli(), "x", {}, nullptr);
  ProcessRequest request;
  request.command = {"true"};
  request.output_folder = "/a:b";
  EXPECT_THROW(engine.run(request, parse_access_mode("docker:none")), UsageError);
}

TEST(ContainerEngine, SaysHowToInstallAnEngineThatIsNotThere) {
  ContainerCli cli = docker_cli();
  cli.program = "cuparity-no-such-engine";
  ContainerEngine engine(cli, "x", {}, nullptr);
  EXPECT_THAT(engine.unusable(parse_access_mode("docker:none")), HasSubstr("sudo apt-get install docker.io"));
  EXPECT_EQ(engine.version(), "");
}

/// A program of this name stands first in PATH.
class StandIn {
 public:
  StandIn(const std::string& name, const std::string& script) : path_(std::getenv("PATH")) {
    const std::filesystem::path program = folder_.path() / name;
    std::ofstream(program) << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    setenv("PATH", (folder_.path().string() + ":" + path_).c_str(), 1);
  }
  ~StandIn() { setenv("PATH", path_.c_str(), 1); }
  std::filesystem::path folder() const { return folder_.path(); }

 private:
  const TemporaryFolder folder_;
  const std::string path_;
};

/// What stands behind the words of an engine that refuses to say its version.
std::string hint_after(ContainerCli cli, const std::string& words) {
  const StandIn engine(cli.program, "cat >&2 <<'END'\n" + words + "\nEND\nexit 1");
  const AccessMode mode = parse_access_mode(cli.program + ":none");
  const std::string said = ContainerEngine(std::move(cli), "x", {}, nullptr).unusable(mode);
  const auto end = said.find(words + "): ");
  return end == std::string::npos ? said : said.substr(end + words.size() + 3);
}

TEST(ContainerEngine, SaysWhatToDoWhereAnEngineDoesNotAnswer) {
  for (const char* name : {"DOCKER_HOST", "DOCKER_CONTEXT"}) unsetenv(name);
  const std::string denied = "permission denied while trying to connect to the Docker daemon socket";
  EXPECT_THAT(hint_after(docker_cli(), denied), StartsWith("join its group (sudo usermod -aG docker $USER"));
  const std::string silent = "Cannot connect to the Docker daemon at tcp://h:1. Is the docker daemon running?";
  EXPECT_THAT(hint_after(docker_cli(), silent), StartsWith("start it"));
  setenv("DOCKER_HOST", "tcp://h:1", 1);
  EXPECT_EQ(hint_after(docker_cli(), silent), "DOCKER_HOST is 'tcp://h:1'; mend that, or unset DOCKER_HOST for this machine's own");
  unsetenv("DOCKER_HOST");
  EXPECT_EQ(hint_after(podman_cli(), "cannot find UID"), "see 'podman info'");
  EXPECT_THAT(hint_after(podman_cli(), "exec: \"newuidmap\": executable file not found in $PATH"), HasSubstr("install uidmap"));
}

TEST(ContainerEngine, IsNotFooledByPodmanUnderDockersName) {
  const StandIn docker("docker", "case $1 in --version) echo podman version 4.9.3 ;; *) echo 4.9.3 ;; esac");
  EXPECT_EQ(ContainerEngine(docker_cli(), "x", {}, nullptr).unusable(parse_access_mode("docker:none")),
            "docker does not answer (it is Podman under Docker's name): name the mode podman:… instead");
}

TEST(ContainerEngine, AsksAnEngineThatHangsOnce) {
  const StandIn docker("docker", "echo asked >>\"$(dirname \"$0\")/asked\"; exec sleep 20");
  ContainerCli cli = docker_cli();
  cli.version_limit = std::chrono::milliseconds(500);
  ContainerEngine engine(cli, "x", {}, nullptr);
  for (const char* mode : {"docker:none", "docker:manual"})
    EXPECT_THAT(engine.unusable(parse_access_mode(mode)), HasSubstr("no answer within 1 s"));
  EXPECT_EQ(std::filesystem::file_size(docker.folder() / "asked"), std::string("asked\n").size());
}

TEST(NativeEngine, PutsTheLauncherBeforeTheCommand) {
  NativeEngine engine("/bin", {"env", "LAUNCHED=yes"}, nullptr);
  ProcessRequest request;
  request.command = {"sh", "-c", "echo $LAUNCHED $ADDED"};
  request.environment = {{"ADDED", "too"}};
  EXPECT_EQ(engine.run(request, parse_access_mode("native")).standard_error, "yes too\n");
  EXPECT_EQ(engine.describe().at("native_launcher"), "env LAUNCHED=yes");
}

TEST(NativeEngine, SaysWhereItsProgramsAreMissing) {
  NativeEngine engine("/no/such/folder", {}, nullptr);
  EXPECT_THAT(engine.unusable(parse_access_mode("native")), HasSubstr("--bin"));
}

TEST(MakeEngine, MakesEveryKind) {
  for (const EngineKind kind : {EngineKind::native, EngineKind::docker, EngineKind::podman}) {
    EXPECT_NE(make_engine(kind, {}), nullptr) << engine_name(kind);
  }
}

}  // namespace
}  // namespace cuparity
