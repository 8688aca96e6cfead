#include "harness/stats/correctness.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/record/benchmark_json.hpp"

namespace cuparity {
namespace {

/// Lines in the order of their first appearance, with how often each came.
class Lines {
 public:
  void add(const std::string& line) {
    const auto [place, added] = places_.try_emplace(line, lines_.size());
    if (added) {
      lines_.push_back({line, 0});
    }
    ++lines_[place->second].second;
  }

  std::vector<std::string> counted() const {
    std::vector<std::string> result;
    for (const auto& [line, count] : lines_) {
      result.push_back(count == 1 ? line : fmt::format("{} ({} times)", line, count));
    }
    return result;
  }

  std::vector<std::string> once() const {
    std::vector<std::string> result;
    for (const auto& [line, count] : lines_) {
      result.push_back(line);
    }
    return result;
  }

 private:
  std::vector<std::pair<std::string, int>> lines_;
  std::map<std::string, std::size_t> places_;
};

/// Every line begins with `who`.
void add_validation(const Trial& trial, const std::string& who, Lines& lines) {
  for (const std::string& test : trial.failed_tests) {
    lines.add(fmt::format("{}test failed: {}", who, test));
  }
  if (!trial.failed_tests.empty()) {
    return;
  }
  if (trial.tests_failed > 0) {
    lines.add(fmt::format("{}{} validation tests failed", who, trial.tests_failed));
  } else if (!trial.ok) {
    lines.add(fmt::format("{}validation failed: {}", who, trial.failure));
  }
}

void add_wrong(const Trial& trial, const std::string& who, Lines& lines) {
  if (trial.kind == TrialKind::validation) {
    add_validation(trial, who, lines);
    return;
  }
  if (!trial.ok) {
    lines.add(fmt::format("{}trial failed: {}", who, trial.failure));
  }
  for (const Row& row : trial.rows) {
    if (row.state == RowState::failed) {
      lines.add(fmt::format("{}{}: {}", who, short_name(row.benchmark), row.message));
    }
  }
}

Digests digests_of(const Run& run, const std::string& benchmark, const std::string& mode) {
  Digests digests;
  for (const Trial& trial : run.trials) {
    if (trial.mode != mode) {
      continue;
    }
    for (const Row& row : trial.rows) {
      if (row.benchmark == benchmark) {
        add_digests(row, digests);
      }
    }
  }
  return digests;
}

std::vector<std::string> algorithms_of(const Digests& digests) {
  std::vector<std::string> names;
  for (const auto& [algorithm, values] : digests) {
    names.push_back(algorithm.empty() ? "unnamed" : algorithm);
  }
  return names;
}

}  // namespace

void add_digests(const Row& row, Digests& digests) {
  const auto digest = row.label.find("digest");
  if (row.state != RowState::measured || digest == row.label.end()) {
    return;
  }
  const auto algorithm = row.label.find("algorithm");
  std::set<std::string>& known = digests[algorithm == row.label.end() ? "" : algorithm->second];
  // The reader joins what differed between the repetitions of one process with commas.
  for (std::size_t start = 0; start <= digest->second.size();) {
    const std::size_t end = std::min(digest->second.find(',', start), digest->second.size());
    known.insert(digest->second.substr(start, end - start));
    start = end + 1;
  }
}

DigestComparison compare_digests(const Digests& baseline, const Digests& candidate) {
  DigestComparison result;
  if (baseline.empty() || candidate.empty()) return result;
  bool varies = false;
  for (const auto& [algorithm, bits] : baseline) {
    const auto other = candidate.find(algorithm);
    if (other == candidate.end()) continue;
    result.common_algorithm = true;
    if (bits.size() > 1) {
      varies = true;
    } else if (other->second == bits) {
      result.same = result.same.value_or(true);
    } else {
      result.same = false;
      result.algorithm = algorithm;
    }
  }
  if (varies && result.same == true) result.same.reset();
  if (!result.common_algorithm) result.same = baseline.begin()->second == candidate.begin()->second;
  return result;
}

BitComparison compare_bits(const Run& run, const std::string& benchmark, const std::string& baseline,
                           const std::string& candidate) {
  const Digests expected = digests_of(run, benchmark, baseline);
  const Digests found = digests_of(run, benchmark, candidate);
  BitComparison result;
  if (expected.empty() || found.empty()) {
    return result;
  }
  const DigestComparison digests = compare_digests(expected, found);
  result.same = digests.same;
  if (!digests.common_algorithm) {
    result.note =
        fmt::format("another algorithm was chosen: {} under {}, {} under {}{}",
                    fmt::join(algorithms_of(expected), ", "), baseline, fmt::join(algorithms_of(found), ", "),
                    candidate, *result.same ? "" : ", so the bits may differ");
  } else if (!result.same) {
    result.note = fmt::format("its bits differ from run to run under {} already", baseline);
  } else if (!*result.same) {
    const std::string& algorithm = digests.algorithm;
    result.wrong =
        fmt::format("{}: bits differ under {} with the same algorithm{}: digest {}, under {} {}",
                    short_name(benchmark), candidate, algorithm.empty() ? "" : " (" + algorithm + ")",
                    fmt::join(found.at(algorithm), " and "), baseline, *expected.at(algorithm).begin());
  }
  return result;
}

std::vector<std::string> find_wrong(const Run& run) {
  Lines lines;
  for (const Trial& trial : run.trials) {
    add_wrong(trial, trial.mode + ": ", lines);
  }
  return lines.counted();
}

std::vector<std::string> find_wrong(const Run& run, const std::string& mode) {
  Lines lines;
  for (const Trial& trial : run.trials) {
    if (trial.mode == mode) add_wrong(trial, "", lines);
  }
  return lines.counted();
}

std::vector<std::string> find_skipped(const Run& run) {
  Lines lines;
  for (const Trial& trial : run.trials) {
    for (const Row& row : trial.rows) {
      if (row.state == RowState::skipped) {
        lines.add(fmt::format("{}: {}: {}", trial.mode, short_name(row.benchmark), row.message));
      }
    }
  }
  return lines.once();
}

}  // namespace cuparity
