#include "harness/doctor/from_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <tuple>

#include "environment/text_file.hpp"
#include "harness/doctor/diagnose.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/text/squeezed_text.hpp"
#include "harness/errors.hpp"
#include "harness/report/text.hpp"

namespace cuparity {
namespace {

constexpr std::size_t size_limit = 4 * 1024 * 1024;
constexpr std::size_t quoted_length = 200;

struct Candidate {
  const KnownProblem* problem = nullptr;
  std::size_t explained = 0;  ///< characters of the text
  int hints = 0;
  std::string words;  ///< the text's line that names it
  Sign sign;
};

/// Characters that the signature explains; 0: it does not fit.
std::size_t explained_by(const Signature& signature, const SqueezedText& text) {
  std::size_t characters = 0;
  for (const char* phrase : signature) {
    const bool forbidden = phrase[0] == '!';
    const std::size_t found = text.find(forbidden ? phrase + 1 : phrase);
    if ((found > 0) == forbidden) return 0;
    characters += found;
  }
  return characters;
}

/// The first line that holds a phrase of the signature; lines that were wrapped: the text's start.
std::string line_of(const Signature& signature, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    const SqueezedText squeezed(line);
    for (const char* phrase : signature) {
      if (phrase[0] != '!' && squeezed.find(phrase) > 0) return shortened(environment::trim(line), quoted_length);
    }
  }
  return shortened(environment::trim(environment::join(lines, " ")), quoted_length);
}

std::vector<Candidate> candidates_in(const std::string& text, const Probe* probe) {
  const SqueezedText squeezed(text);
  const std::vector<std::string> lines = environment::split(without_log_prefixes(text), '\n');
  std::vector<Candidate> found;
  for (const KnownProblem* problem : known_problems()) {
    Candidate candidate{problem, 0, 0, "", {}};
    const Signature* best = nullptr;
    for (const Signature& signature : problem->texts) {
      const std::size_t explained = explained_by(signature, squeezed);
      if (explained <= candidate.explained) continue;
      candidate.explained = explained;
      best = &signature;
    }
    if (!best) continue;
    candidate.words = line_of(*best, lines);
    for (const char* hint : problem->hints) candidate.hints += squeezed.find(hint) > 0 ? 1 : 0;
    if (probe && problem->sign) candidate.sign = problem->sign(*probe);
    found.push_back(std::move(candidate));
  }
  const auto rank = [](const Candidate& candidate) {
    const int by_sign = candidate.sign.says == Sign::Says::present  ? 2
                        : candidate.sign.says == Sign::Says::absent ? 0
                                                                    : 1;
    // A cause that has hints is unlikely where none of them is in the text.
    const int by_hints = candidate.hints == 0 && !candidate.problem->hints.empty() ? -1 : candidate.hints;
    return std::make_tuple(-by_sign, -by_hints, -static_cast<long>(candidate.explained));
  };
  std::stable_sort(found.begin(), found.end(),
                   [&](const Candidate& a, const Candidate& b) { return rank(a) < rank(b); });
  return found;
}

/// `settled`: the probe shows another of the text's causes. `alone`: the text has this cause only.
Finding finding_of(const Candidate& candidate, const Probe* probe, bool settled, bool alone) {
  const Sign& sign = candidate.sign;
  const bool here = sign.says == Sign::Says::present;
  const bool against = sign.says == Sign::Says::absent;
  std::string evidence = "the text: " + candidate.words;
  if (here) evidence += "; this machine shows it: " + sign.evidence;
  else if (against) evidence += "; this machine speaks against it: " + sign.evidence;
  else if (!sign.evidence.empty()) evidence += "; this machine: " + sign.evidence;
  const bool unlikely = !alone && !here && (settled || against);
  return known_finding(candidate.problem->id, unlikely ? Severity::info : candidate.problem->severity, evidence, probe);
}

Finding unknown(const std::string& text) {
  const std::string first = shortened(environment::trim(without_log_prefixes(text)), quoted_length);
  return {"unknown-text",
          Severity::info,
          "This text fits no known cause",
          "Nothing is guessed from it. What else was found here stands beside it.",
          "the text: " + first,
          {"paste the whole output, from the first error on", "run cuparity doctor where it happens, on the host and in the container",
           "dmesg and the engine's log (journalctl -u docker) often say more"}};
}

}  // namespace

DoctorReport diagnose_text(const std::string& text, const Probe* probe) {
  DoctorReport report = probe ? diagnose(*probe) : DoctorReport{};
  std::vector<Finding> others = std::move(report.findings);
  report.findings.clear();
  const std::vector<Candidate> candidates = candidates_in(text, probe);
  const bool settled = std::any_of(candidates.begin(), candidates.end(), [](const Candidate& candidate) {
    return candidate.sign.says == Sign::Says::present;
  });
  nlohmann::json causes = nlohmann::json::array();
  for (const Candidate& candidate : candidates) {
    report.findings.push_back(finding_of(candidate, probe, settled, candidates.size() == 1));
    causes.push_back(candidate.problem->id);
  }
  if (candidates.empty()) report.findings.push_back(unknown(text));
  report.text = {{"recognised", !candidates.empty()}, {"causes", causes}, {"probe_used", probe != nullptr}};
  for (Finding& other : others) {
    const bool told = std::any_of(report.findings.begin(), report.findings.end(),
                                  [&](const Finding& finding) { return finding.id == other.id; });
    if (!told) report.findings.push_back(std::move(other));
  }
  return report;
}

std::optional<Finding> likeliest_cause(const std::string& text, const Probe& probe) {
  const std::vector<Candidate> candidates = candidates_in(text, &probe);
  if (candidates.empty()) return std::nullopt;
  return finding_of(candidates.front(), &probe, false, candidates.size() == 1);
}

std::string read_pasted_text(const std::string& file) {
  std::string text;
  std::error_code error;
  if (file != "-" && std::filesystem::is_directory(file, error)) throw UsageError(file + " is a folder, not a text");
  std::ifstream opened;
  if (file != "-") {
    opened.open(file, std::ios::binary);
    if (!opened) throw UsageError("the text in " + file + " can't be read: " + std::strerror(errno));
  }
  std::istream& input = file == "-" ? std::cin : opened;
  char buffer[65536];
  while (input.read(buffer, sizeof buffer), input.gcount() > 0) {
    text.append(buffer, static_cast<std::size_t>(input.gcount()));
    if (text.size() > size_limit) throw UsageError("the text in " + file + " is larger than 4 MiB: paste the part with the error");
  }
  if (environment::trim(text).empty()) throw UsageError("the text in " + file + " is empty: paste the error message");
  return text;
}

}  // namespace cuparity
