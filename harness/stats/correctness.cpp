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

/// Digests a benchmark gave under a mode, by the algorithm that made them.
using Digests = std::map<std::string, std::set<std::string>>;

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

BitComparison compare_bits(const Run& run, const std::string& benchmark, const std::string& baseline,
                           const std::string& candidate) {
  const Digests expected = digests_of(run, benchmark, baseline);
  const Digests found = digests_of(run, benchmark, candidate);
  BitComparison result;
  if (expected.empty() || found.empty()) {
    return result;
  }
  bool common = false;
  for (const auto& [algorithm, bits] : expected) {
    const auto other = found.find(algorithm);
    if (other == found.end()) {
      continue;
    }
    common = true;
    if (bits.size() > 1) {
      result.same.reset();
      result.note = fmt::format("its bits differ from run to run under {} already", baseline);
      return result;
    }
    if (other->second == bits) {
      result.same = result.same.value_or(true);
      continue;
    }
    result.same = false;
    result.wrong =
        fmt::format("{}: bits differ under {} with the same algorithm{}: digest {}, under {} {}",
                    short_name(benchmark), candidate, algorithm.empty() ? "" : " (" + algorithm + ")",
                    fmt::join(other->second, " and "), baseline, *bits.begin());
  }
  if (!common) {
    result.same = expected.begin()->second == found.begin()->second;
    result.note =
        fmt::format("another algorithm was chosen: {} under {}, {} under {}{}",
                    fmt::join(algorithms_of(expected), ", "), baseline, fmt::join(algorithms_of(found), ", "),
                    candidate, *result.same ? "" : ", so the bits may differ");
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
