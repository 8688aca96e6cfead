// From an error message that somebody pasted to its possible causes.
#pragma once

#include <optional>
#include <string>

#include "harness/doctor/doctor.hpp"
#include "harness/doctor/probe.hpp"

namespace cuparity {

/// Every known cause whose words are in `text`, the likeliest first: what the probe shows, then what it does
/// not speak against, then what it speaks against (severity info); among these by the hints in the text and
/// by how much of the text it explains. `probe` may be nullptr: the text alone. What else is wrong by the
/// probe follows. The report's "text" says whether anything was recognised; nothing is guessed.
DoctorReport diagnose_text(const std::string& text, const Probe* probe);

/// The first of these causes; nothing where the text is not known.
std::optional<Finding> likeliest_cause(const std::string& text, const Probe& probe);

/// Reads FILE, or stdin where it is "-". Throws UsageError: not there, empty, larger than 4 MiB.
std::string read_pasted_text(const std::string& file);

}  // namespace cuparity
