// Compares two result files: independent samples by ranks, or repetition by repetition where they were
// paired.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness/record/benchmark_json.hpp"
#include "harness/record/run.hpp"
#include "harness/stats/comparison.hpp"
#include "harness/stats/correctness.hpp"

namespace cuparity {

enum class Pairing {
  none,  ///< independent samples: rank sum
  block  ///< value j of one side belongs to value j of the other: signed rank
};

/// One benchmark of one file.
struct Sample {
  std::string benchmark;
  RowState state = RowState::measured;
  std::string message;                   ///< why it was skipped or failed
  std::vector<double> seconds;           ///< empty where the file has only aggregates
  std::vector<double> cycles;            ///< one for each of `seconds`; empty: compared in time
  std::optional<double> median_seconds;  ///< what an aggregate says, where that is all there is
  std::string lost;                      ///< of a run: why too few of its blocks count; empty: enough do
  Digests digests;                       ///< empty: none
};

/// One file of a comparison.
struct ResultFile {
  std::string name;                                ///< as the user gave it, with the mode if it is a run
  std::map<std::string, std::string> environment;  ///< what identifies machine and software
  std::vector<Sample> samples;
  std::vector<std::string> wrong;  ///< failed benchmarks and, of a run, validation tests and trials: one line each
  std::vector<std::string> notes;  ///< what is to be known about the file
  bool one_process = false;        ///< the samples are repetitions of one process
  std::string values = "blocks";  ///< what a value is, for people: blocks, repetitions, processes
  std::string advice;             ///< what to do where there are only aggregates
};

/// Repetitions are the sample. That they are those of one process, where they are, is noted.
ResultFile result_file(const std::string& name, const BenchmarkFile& file);

/// One value a block: exp(mean ln) over the mode's trials in it; rejected blocks are left out and noted, and where they
/// are too many, nothing can be decided. What became of other modes does not matter. A benchmark
/// that the suite compares per clock has its cycles, too, if every block that counts has.
/// `mode` empty: the baseline mode. Throws UsageError for a mode that the run does not have.
ResultFile result_file(const std::string& name, const Run& run, const std::string& mode);

struct FileComparison {
  std::string baseline;
  std::string candidate;
  std::vector<Comparison> comparisons;  ///< benchmarks in both, in the order of the baseline
  std::vector<std::string> only_in_baseline;
  std::vector<std::string> only_in_candidate;
  std::vector<std::string> skipped_in_both;  ///< "benchmark: why"; not compared
  /// Not empty: this crosses environments (fingerprint_differences), as the user asked for.
  std::vector<std::string> environment_differences;
  std::vector<std::string> wrong_in_candidate;  ///< whatever the baseline has
  std::vector<std::string> other_bits;          ///< benchmarks that gave other bits with the same algorithm
  std::vector<std::string> notes;
  Verdict verdict = Verdict::inconclusive;
  int exit_code = 0;  ///< ExitCode: 1 also for a wrong result of the candidate alone
};

struct FileComparisonSettings {
  Pairing pairing = Pairing::none;
  std::function<double(const std::string& short_name)> margin_of;  ///< empty: the default margins
  bool cross_environment = false;    ///< compare although the fingerprints differ, and say so
  std::set<std::string> may_differ;  ///< keys of the environment that are what is compared, e.g. image_digest
};

/// A benchmark that has cycles on both sides is compared in them, unless the GPUs are of two models.
/// Where fingerprint_differences() finds any, every comparison is invalid, unless `cross_environment`.
/// Throws UsageError if the files have no benchmark in common, or for Pairing::block
/// if a benchmark has not as many values on both sides.
FileComparison compare_files(const ResultFile& baseline, const ResultFile& candidate,
                             const FileComparisonSettings& settings);

/// The same with margins as in stats/margins.hpp.
FileComparison compare_files(const ResultFile& baseline, const ResultFile& candidate, Pairing pairing,
                             const std::map<std::string, double>& margins);

}  // namespace cuparity
