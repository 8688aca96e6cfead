// Is a number normal for this GPU? The attainable figures of results/attainable.yaml, which is compiled in.
#pragma once

#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "harness/record/run.hpp"

namespace cuparity {

enum class AttainableKind {
  measured,  ///< somebody's program reached it on such a GPU
  vendor     ///< a theoretical peak of a data sheet: nothing reaches all of it
};

enum class AttainableUnit { bytes_per_second, flops_per_second, seconds };

/// One line of the file.
struct AttainableFigure {
  std::vector<std::string> gpus;  ///< names as NVML gives them
  std::regex benchmarks;          ///< matches a whole short name
  double figure = 0;              ///< in `unit`
  AttainableUnit unit = AttainableUnit::seconds;
  AttainableKind kind = AttainableKind::vendor;
  std::string source;             ///< for people: which run or which data sheet
};

/// How near a row comes to what its GPU can attain.
struct Attained {
  double fraction = 0;  ///< 1: the attainable figure; above 1: better. A time counts as figure / seconds
  double figure = 0;    ///< attainable, in `unit`
  AttainableUnit unit = AttainableUnit::seconds;
  AttainableKind kind = AttainableKind::vendor;
  std::string source;
};

/// Throws UsageError "`origin`:LINE: …" saying what was found and what is expected.
std::vector<AttainableFigure> parse_attainable(const std::string& yaml, const std::string& origin);

/// The file that was compiled in.
const std::vector<AttainableFigure>& builtin_attainable();

/// By the first figure for `gpu_name` (as NVML says it) that matches the row's name. Nothing where there is none, the
/// row was not measured, or it lacks the rate that the figure is about.
std::optional<Attained> attained(const std::vector<AttainableFigure>& figures, const std::string& gpu_name,
                                 const Row& row);

}  // namespace cuparity
