#include "harness/engine/container.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "environment/temporary_folder.hpp"
#include "environment/text_file.hpp"
#include "harness/engine/engines.hpp"
#include "harness/engine/native.hpp"
#include "harness/engine/run_label.hpp"
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

TEST(ContainerCommand, BearsTheLabelOfARun) {
  ContainerRequest request = request_for("docker:none");
  request.label = "cuparity.run=0123";
  EXPECT_THAT(line(docker_cli(), request), StartsWith("docker run --rm --name cuparity-1-2 --label cuparity.run=0123 --network"));
  EXPECT_EQ(create_command(docker_cli(), request)[5], "cuparity.run=0123");
}

TEST(ContainerName, IsNoOther) {
  const std::string first = new_container_name(), second = new_container_name();
  EXPECT_THAT(first, testing::MatchesRegex("cuparity-[0-9]+-[0-9a-f]{8}-[0-9]+"));
  const auto random_part = [](const std::string& name) { return name.substr(name.find('-', 9) + 1, 8); };
  EXPECT_NE(random_part(first), random_part(second)) << "which alone differs between two processes of one number";
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

/// Docker that does `script` for its first word and writes down what it was asked for.
class RecordedDocker : public StandIn {
 public:
  explicit RecordedDocker(const std::string& cases)
      : StandIn("docker", "echo \"$*\" >>\"$(dirname \"$0\")/asked\"\ncase $1 in\nversion) echo 28.2.2 ;;\n" + cases + "\nesac") {}
  std::string asked() const { return environment::read_text_file(folder() / "asked").value_or(""); }
};

ProcessRequest any_request(const std::filesystem::path& folder) {
  ProcessRequest request;
  request.command = {"true"};
  request.output_folder = folder;
  return request;
}

TEST(ContainerEngine, RemovesTheContainerOfACommandThatFailedItself) {
  for (const int code : {0, 3, 124, 125, 137}) {
    const RecordedDocker docker("run) exit " + std::to_string(code) + " ;;");
    ContainerEngine engine(docker_cli(), "x", {}, nullptr);
    EXPECT_EQ(engine.run(any_request(docker.folder()), parse_access_mode("docker:none")).exit_code, code);
    const std::string name = docker.asked().substr(docker.asked().find("cuparity-"));
    const std::string removal = "rm --force " + name.substr(0, name.find(' ')) + "\n";
    EXPECT_EQ(docker.asked().ends_with(removal), code >= 125) << code << "\n" << docker.asked();
  }
}

TEST(ContainerEngine, SaysWhereAContainerIsNotRemoved) {
  const RecordedDocker docker("rm) echo device or resource busy; exit 1 ;;");
  ContainerEngine engine(docker_cli(), "x", {}, nullptr);
  const Lifecycle life = engine.run_in_steps(any_request(docker.folder()), parse_access_mode("docker:none"));
  EXPECT_EQ(life.process.exit_code, 0);
  EXPECT_EQ(life.steps.size(), 2U) << "a time of what did not happen is none";
  EXPECT_THAT(life.not_removed, testing::MatchesRegex("removing cuparity-[0-9a-f-]+ failed: device or resource busy; "
                                                      "try docker rm --force cuparity-[0-9a-f-]+"));
  EXPECT_EQ(engine.stop_in_background("cuparity-1"),
            "removing cuparity-1 failed: device or resource busy; try docker rm --force cuparity-1");
}

TEST(ContainerEngine, RefusesARunBesideContainersThatStay) {
  const TemporaryFolder folder;
  const RecordedDocker docker("ps) echo WARNING: none; echo cuparity-1-2; echo cuparity-1-3 ;;\nrm) echo busy; exit 1 ;;");
  ContainerEngine engine(docker_cli(), "x", {}, nullptr);
  try {
    engine.take_over_run(folder.path());
    FAIL();
  } catch (const EnvironmentError& error) {
    EXPECT_STREQ(error.what(), "a killed part of this run left containers, which would disturb what is measured; removing "
                               "cuparity-1-2, cuparity-1-3 failed: busy; try docker rm --force cuparity-1-2 cuparity-1-3");
  }
  EXPECT_THAT(docker.asked(), HasSubstr("ps --all --filter label=" + run_label(folder.path()) + " "));
}

TEST(ContainerEngine, ALeftContainerThatEndsByItselfIsNoObstacle) {
  const TemporaryFolder folder;
  const RecordedDocker docker("ps) [ -e \"$(dirname \"$0\")/tried\" ] || echo cuparity-1-2 ;;\n"
                              "rm) touch \"$(dirname \"$0\")/tried\"; exit 1 ;;");
  EXPECT_THAT(ContainerEngine(docker_cli(), "x", {}, nullptr).take_over_run(folder.path()), testing::ElementsAre("cuparity-1-2"));
}

TEST(RunLabel, IsThatOfTheFolderByWhateverPath) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "run", other = folder.path() / "other";
  std::filesystem::create_directories(path);
  std::filesystem::create_directories(other);
  const std::string label = run_label(path);
  EXPECT_THAT(label, testing::MatchesRegex("cuparity\\.run=[0-9a-f]{16}"));
  EXPECT_NE(run_label(other), label);
  std::filesystem::create_directory_symlink(path, folder.path() / "link");
  EXPECT_EQ(run_label(folder.path() / "link"), label);
  std::filesystem::rename(path, folder.path() / "moved");
  EXPECT_EQ(run_label(folder.path() / "moved"), label);
  EXPECT_THROW(run_label(path), EnvironmentError);
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
