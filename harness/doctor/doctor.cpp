#include "harness/doctor/doctor.hpp"

#include "harness/doctor/diagnose.hpp"
#include "harness/doctor/gather.hpp"
#include "harness/engine/engines.hpp"

namespace cuparity {
namespace {

/// Of the JSON that `doctor --format json` prints.
constexpr int doctor_schema_version = 1;

const char* name_of(Severity severity) {
  switch (severity) {
    case Severity::ok:
      return "ok";
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "";
}

}  // namespace

Probe look_at_machine(const DoctorOptions& options) {
  return gather_probe(
      machine_sources(options.image.empty() ? default_image() : options.image, options.modes, options.stop_requested));
}

DoctorReport examine(const DoctorOptions& options) { return diagnose(look_at_machine(options)); }

nlohmann::json to_json(const DoctorReport& report) {
  nlohmann::json findings = nlohmann::json::array();
  for (const Finding& finding : report.findings) {
    findings.push_back({{"id", finding.id},
                        {"severity", name_of(finding.severity)},
                        {"summary", finding.summary},
                        {"cause", finding.cause},
                        {"evidence", finding.evidence},
                        {"fix", finding.fix}});
    if (!finding.check.empty()) findings.back()["check"] = finding.check;
  }
  nlohmann::json json = {{"schema_version", doctor_schema_version}, {"findings", findings}};
  if (!report.machine.is_null()) json["machine"] = report.machine;
  if (!report.text.is_null()) json["text"] = report.text;
  if (!report.not_tried.empty()) json["not_tried"] = report.not_tried;
  return json;
}

}  // namespace cuparity
