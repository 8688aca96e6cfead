// Probes -> findings. Reads only; nothing is changed on the machine.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/access/access_mode.hpp"

namespace cuparity {

enum class Severity { ok, info, warning, error };

/// One thing that was looked at.
struct Finding {
  std::string id;        ///< stable, e.g. "driver.not_loaded"
  Severity severity = Severity::info;
  std::string summary;   ///< one line
  std::string cause;     ///< empty where severity is ok
  std::string evidence;  ///< what was seen, verbatim where it is short
  std::vector<std::string> fix;  ///< commands or steps, in order; a command can be pasted from behind its label ("or: "), remarks after '#'
  std::string check = {};        ///< what tells this cause from others, where that is not settled
};

struct DoctorReport {
  nlohmann::json machine;  ///< GPUs, driver, CUDA allowed, engines, toolkit: what a person asks first; null: not looked
  std::vector<Finding> findings;
  nlohmann::json text = {};  ///< of a pasted text: "recognised", "causes" (ids, likeliest first); else null
  std::vector<std::string> not_tried = {};  ///< of the modes and the image that were named, and why
};

struct DoctorOptions {
  std::string image;               ///< empty: the default image
  std::vector<AccessMode> modes;   ///< empty: what this machine can do
  std::function<bool()> stop_requested = {};  ///< may be empty; true: StoppedByUser is thrown
};

struct Probe;

Probe look_at_machine(const DoctorOptions& options);
DoctorReport examine(const DoctorOptions& options);
std::string render_text(const DoctorReport& report, bool colour);
nlohmann::json to_json(const DoctorReport& report);

}  // namespace cuparity
