// The doctor's answer for people: what they ask first, then what is wrong, then what is fine.
#include <fmt/format.h>

#include "harness/counted.hpp"
#include "harness/doctor/doctor.hpp"
#include "harness/report/numbers.hpp"
#include "harness/report/text.hpp"

namespace cuparity {
namespace {

using nlohmann::json;

std::string painted(const std::string& text, const char* escape, bool colour) {
  return colour ? fmt::format("{}{}\x1b[0m", escape, text) : text;
}

std::string line(const char* label, const std::string& text) {
  return fmt::format("{:<10} {}\n", label, clean_text(text));
}

std::string gpu_lines(const json& machine) {
  const json& gpus = machine["gpus"];
  const std::size_t on_bus = machine["pci_gpus"].get<std::size_t>();
  if (gpus.empty())
    return line("GPU", on_bus == 0 ? "none visible" : fmt::format("none visible, {} on the PCI bus", on_bus));
  std::string text;
  for (const json& gpu : gpus) {
    text +=
        line(text.empty() ? "GPU" : "",
             fmt::format("{}  {}  {}  {}", gpu["index"].get<int>(), gpu["name"].get<std::string>(),
                         format_bytes(gpu["memory_bytes"].get<double>()), gpu["uuid"].get<std::string>()));
  }
  return text;
}

std::string driver_line(const json& machine) {
  const std::string driver = machine["driver_version"];
  if (driver.empty()) return line("Driver", "none");
  const std::string cuda = machine["cuda_driver_version"];
  const int devices = machine["cuda_devices"];
  return line(
      "Driver",
      driver + (cuda.empty() ? "" : ", allows CUDA up to " + cuda) +
          (devices < 0 ? "" : "; CUDA sees " + counted(devices, "device")));
}

std::string engine_line(const json& machine) {
  std::string text;
  for (const json& engine : machine["engines"]) {
    if (!text.empty()) text += ", ";
    text += engine["name"].get<std::string>() + " " + engine["version"].get<std::string>();
    if (engine.contains("answers") && !engine["answers"].get<bool>()) text += " (does not answer)";
    if (engine.value("rootless", false)) text += " (rootless)";
  }
  return line("Engines", text.empty() ? "none found" : text);
}

std::string toolkit_line(const json& machine) {
  const json& toolkit = machine["toolkit"];
  std::string text = toolkit["installed"].get<bool>()
                         ? "NVIDIA Container Toolkit " + toolkit["version"].get<std::string>()
                         : "none";
  const std::size_t devices = toolkit["cdi_devices"].size();
  if (devices > 0) text += "; CDI offers " + counted(devices, "name");
  return line("Toolkit", text);
}

std::string access_line(const json& machine) {
  const json& access = machine["container_access"];
  if (access["possible"].is_null()) {
    if (!machine["gpus"].empty()) return line("Container", "whether it gets the GPU could not be looked at");
    const std::size_t on_bus = machine["pci_gpus"], passed_through = machine["passed_through_gpus"];
    if (on_bus > passed_through) return line("Container", "can get no GPU before the driver works on this host");
    return line("Container", passed_through == 0 ? "no GPU to give" : "no GPU to give: vfio-pci holds it for a virtual machine");
  }
  std::string modes;
  if (access["possible"].get<bool>()) {
    for (const json& mode : access["modes"]) modes += (modes.empty() ? "" : ", ") + mode.get<std::string>();
    return line("Container", "can get the GPU: yes, by " + modes);
  }
  for (const json& failing : access["failing"]) {
    modes += (modes.empty() ? "" : "; ") + failing["mode"].get<std::string>() + ": " +
             shortened(failing["failure"].get<std::string>(), 160);
  }
  return line("Container", "can get the GPU: no, because " + modes);
}

std::string answer(const json& machine) {
  std::string text = gpu_lines(machine) + driver_line(machine);
  if (const std::string container = machine["container"]; container != "none" && !container.empty()) {
    return text +
           line("Here", container == "other" ? "inside a container" : "inside a " + container + " container");
  }
  return text + engine_line(machine) + toolkit_line(machine) + access_line(machine);
}

std::string problem(const Finding& finding, bool colour) {
  const bool error = finding.severity == Severity::error;
  const bool warning = finding.severity == Severity::warning;
  const std::string tag = error ? "error" : warning ? "warning" : "note";
  const char* escape = error ? "\x1b[31m" : warning ? "\x1b[33m" : "\x1b[36m";
  std::string text = fmt::format("{}  {}  [{}]\n", painted(fmt::format("{:<7}", tag), escape, colour),
                                 shortened(finding.summary, 400), finding.id);
  const auto detail = [&](const char* label, const std::string& value) {
    if (!value.empty()) text += fmt::format("         {:<9} {}\n", label, shortened(value, 800));
  };
  detail("because:", finding.cause);
  detail("seen:", finding.evidence);
  detail("check:", finding.check);
  for (std::size_t i = 0; i < finding.fix.size(); ++i) detail(i == 0 ? "do:" : "", finding.fix[i]);
  return text;
}

std::string text_answer(const DoctorReport& report) {
  const std::size_t causes = report.text["causes"].size();
  if (causes == 0) return line("Text", "fits no known cause");
  if (causes == 1) return line("Text", "has one known cause");
  return line("Text", fmt::format("has {} possible causes, the likeliest first; 'check' tells them apart", causes));
}

}  // namespace

std::string render_text(const DoctorReport& report, bool colour) {
  std::string text = report.machine.is_null() ? "" : answer(report.machine);
  if (report.text.is_object()) text += text_answer(report);
  std::string problems, fine;
  for (const Finding& finding : report.findings) {
    if (finding.severity == Severity::ok) fine += "  " + shortened(finding.summary, 400) + "\n";
    else problems += problem(finding, colour);
  }
  if (!problems.empty()) text += fmt::format("\n{}", problems);
  if (!fine.empty()) text += fmt::format("\n{}\n{}", painted("Fine:", "\x1b[32m", colour), fine);
  const json not_looked = report.machine.is_null() ? json::array() : report.machine["not_looked"];
  if (!not_looked.empty()) {
    text += "\nNot looked at:\n";
    for (const json& reason : not_looked) text += "  " + shortened(reason.get<std::string>(), 400) + "\n";
  }
  return text;
}

}  // namespace cuparity
