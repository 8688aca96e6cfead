// Looking at a machine. Nothing here changes it: files are read, programs are asked, and one short
// container a mode is started and removed.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/access/access_mode.hpp"
#include "harness/doctor/probe.hpp"

namespace cuparity {

struct CommandResult {
  int exit_code = -1;  ///< 127: there is no such program
  bool timed_out = false;
  std::string output;  ///< stdout and stderr together, at least the last 16 KiB
  bool interrupted = false;  ///< killed because the user asked to stop
};

/// Runs a program to its end, the time limit or a stop; never throws, never waits longer.
using CommandRunner = std::function<CommandResult(const std::vector<std::string>& command,
                                                  std::chrono::milliseconds time_limit)>;

/// `stop_requested` may be empty.
CommandResult run_command(const std::vector<std::string>& command, std::chrono::milliseconds time_limit,
                          const std::function<bool()>& stop_requested = nullptr);

/// Where the facts come from; a test brings its own.
struct Sources {
  std::filesystem::path root = "/";              ///< the folder that stands for "/"
  std::map<std::string, std::string> variables;  ///< environment
  CommandRunner run;
  CommandRunner clean_up;                ///< as `run`, but no stop keeps it from its end
  std::function<bool()> stop_requested;  ///< asked between the parts; may be empty
  /// Program and arguments before the thing to look at (look.hpp) in a child process: a driver that hangs
  /// or crashes must not take the doctor with it.
  std::vector<std::string> look_command;
  std::string image;
  std::vector<AccessMode> modes;  ///< to start a container under; empty: those that make sense here
};

/// This machine.
Sources machine_sources(const std::string& image, const std::vector<AccessMode>& modes,
                        const std::function<bool()>& stop_requested = nullptr);

/// Throws StoppedByUser where that is asked for; no container is left then.
Probe gather_probe(const Sources& sources);

/// Throws StoppedByUser.
void stop_where_asked(const Sources& sources);

// The parts of gather_probe(), each filling what its name says.
void gather_machine(const Sources& sources, Probe& probe);  // os, kernel, cpu, inside
void gather_driver(const Sources& sources, Probe& probe);   // driver
void gather_looks(const Sources& sources, Probe& probe);    // nvml, cuda, opening of the nodes
void gather_engines(const Sources& sources, Probe& probe);  // engines
void gather_toolkit(const Sources& sources, Probe& probe);  // toolkit; after gather_engines
void gather_cdi(const Sources& sources, Probe& probe);      // cdi; after gather_engines
void gather_images(const Sources& sources, Probe& probe);   // images; after gather_engines
void gather_access(const Sources& sources, Probe& probe);   // access; after all others

/// What keeps an engine from starting a container of the image, the earliest first.
enum class Obstacle { no_engine, no_answer, no_image, none };
Obstacle obstacle_to(const Probe& probe, EngineKind engine);

/// dockerd on this machine.
struct Daemon {
  std::vector<std::string> search_path;  ///< its PATH; empty where this user may not read it
  double started = 0;                    ///< seconds since 1970
};
std::optional<Daemon> find_daemon(const Sources& sources);

/// The file was made or changed after dockerd was started (by ctime: packages keep older times). False where
/// no dockerd is found.
bool changed_after_daemon_start(const Sources& sources, const std::filesystem::path& file);

/// The path of `program` in PATH, as it is called; empty where it is not there.
std::string find_program(const Sources& sources, const std::string& program);

/// The JSON object in the last line of `output` that starts with '{'; null where there is none.
nlohmann::json last_json(const std::string& output);

}  // namespace cuparity
