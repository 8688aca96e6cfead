// A process in a container of Docker or Podman, whose command lines are alike.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/engine/driver_files.hpp"
#include "harness/engine/engine.hpp"
#include "harness/engine/image_facts.hpp"

namespace cuparity {

/// In what the two command-line programs differ.
struct ContainerCli {
  std::string program;          ///< also the engine's name
  std::string package;          ///< Debian's and Ubuntu's name of it
  std::string version_format;   ///< --format of `PROGRAM version` for the engine's version
  std::string rootless_format;  ///< --format of `PROGRAM info`
  std::string rootless_answer;  ///< stands in its answer where the engine maps root to the user
  std::string start_hint;       ///< what to do where the engine does not answer
  bool relabel_volumes;         ///< label result folders for SELinux (":z")
  int first_gpus_version;       ///< --gpus is accepted, but does nothing, in older major versions
  std::chrono::milliseconds version_limit{30'000};  ///< for the question whether it answers at all
};

/// What stands for a version where `docker` is the package podman-docker: its words are Podman's, not Docker's.
inline constexpr const char* podman_as_docker = "it is Podman under Docker's name";

/// Of `docker --version`.
bool names_podman(const std::string& version);

ContainerCli docker_cli();
ContainerCli podman_cli();

/// "cuparity-PURPOSEPROCESS-RANDOM-NUMBER": a process's number is another's, too, where PID namespaces or hosts share an engine.
std::string new_container_name(const std::string& purpose = "");

/// What `docker run` is asked for; every field explicit, so that the command line is a pure function of it.
struct ContainerRequest {
  std::string name;
  std::string label;  ///< "NAME=VALUE"; empty: none
  std::string image;
  AccessMode mode;
  ProcessRequest process;
  std::vector<std::string> extra_flags;
  std::string user;          ///< "uid:gid" as the engine understands it
  DriverFiles driver_files;  ///< RequestKind::manual only
};

std::vector<std::string> container_command(const ContainerCli& cli, const ContainerRequest& request);

/// The command that makes the container without starting it.
std::vector<std::string> create_command(const ContainerCli& cli, const ContainerRequest& request);

class ContainerEngine : public Engine {
 public:
  ContainerEngine(ContainerCli cli, std::string image, std::vector<std::string> extra_flags,
                  std::function<bool()> stop_requested);

  std::filesystem::path output_path(const ProcessRequest& request) const override;
  std::filesystem::path binary_folder() const override;
  ProcessResult run(const ProcessRequest& request, const AccessMode& mode) override;
  /// create, start (with the output attached, to the end of the process), remove: each one command of the
  /// engine. The image is there already; nothing is pulled.
  Lifecycle run_in_steps(const ProcessRequest& request, const AccessMode& mode) override;
  std::string unusable(const AccessMode& mode) override;
  std::vector<std::string> take_over_run(const std::filesystem::path& folder) override;
  std::string start_in_background(const ProcessRequest& request, const AccessMode& mode) override;
  std::string stop_in_background(const std::string& name) override;
  ProcessResult command(const std::vector<std::string>& words) override;
  std::map<std::string, std::string> describe() override;

  /// Version of the engine; empty where it does not answer.
  std::string version();
  /// Nothing where the image is not there.
  std::optional<ImageFacts> image();

 private:
  std::string engine_failure();
  ContainerRequest container_request(const ProcessRequest& request, const AccessMode& mode);
  ProcessResult run_command(std::vector<std::string> command, const ProcessRequest& request,
                            const std::string& container) const;
  std::string mode_failure(const AccessMode& mode);
  std::string user();
  std::vector<std::string> labelled_containers() const;
  std::string end_containers(const std::vector<std::string>& names) const;
  std::string remove_containers(const std::vector<std::string>& names) const;

  ContainerCli cli_;
  std::string image_;
  std::vector<std::string> extra_flags_;
  std::function<bool()> stop_requested_;
  std::string label_;                   ///< of the run that it works for; empty: of none
  std::string version_;                 ///< asked until it answers
  std::string silence_;                 ///< what it said instead of a version
  bool hangs_ = false;                  ///< and then is not asked again: each of its modes would wait as long
  std::optional<bool> rootless_;        ///< asked once
  std::optional<DriverFiles> driver_files_;
};

}  // namespace cuparity
