// Where the time between a start command and a first result goes: a run's startup trials, phase by phase.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/record/run.hpp"

namespace cuparity {

/// The Hodges–Lehmann estimate over blocks is `seconds`, the interval inverts the signed-rank test, as for
/// verdicts.
struct StartupValue {
  double seconds = 0;
  std::optional<double> low;  ///< interval of StartupTable::confidence_level; nothing with too few blocks
  std::optional<double> high;
  int blocks = 0;
};

struct StartupPhase {
  std::string name;  ///< create, hook, start, cuinit, context, module_load, first_kernel, first_result …
  std::string description;                          ///< from where to where it is taken
  bool sum = false;                                 ///< a sum of others, not a part of the whole
  std::vector<std::optional<StartupValue>> values;  ///< one a mode; nothing where the mode has no such phase
  std::vector<std::optional<StartupValue>> differences;  ///< to the baseline in the same block, seconds;
                                                         ///< a phase that only one of them has counts as 0 in
                                                         ///< the other; nothing for the baseline itself
};

struct StartupTable {
  std::vector<std::string> modes;  ///< the baseline first
  std::vector<StartupPhase>
      phases;  ///< in the order in which they happen, sums last; empty: nothing was timed
  double confidence_level = 0.95;
  std::vector<std::string> notes;  ///< what is not in it, for people
};

/// Block by block: of each mode the startup trial of a block, blocks with a failed one left out for that
/// mode. `first_result` phases and before make up `to_first_result`; `total` adds exit and removal.
StartupTable startup_table(const Run& run);

/// The table as cells, the headings first: phase, then each mode, each but the baseline with its difference.
std::vector<std::vector<std::string>> startup_lines(const StartupTable& table);
/// "Start-up: Hodges–Lehmann estimates and 95 % intervals over 12 blocks".
std::string startup_caption(const StartupTable& table);
/// Aligned columns, at most 110 wide with two modes; empty where nothing was timed.
std::string startup_as_text(const StartupTable& table);
/// A table of GitHub's Markdown with its notes; empty where nothing was timed.
std::string startup_as_markdown(const StartupTable& table);

}  // namespace cuparity
