// Runs a plan: validation once a mode, then block after block, each trial into the journal before the next
// starts.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/record/journal.hpp"
#include "harness/record/run.hpp"
#include "harness/run/progress.hpp"
#include "harness/run/trial_runner.hpp"
#include "harness/stats/analysis.hpp"

namespace cuparity {

struct LoopInputs {
  std::vector<Arm> arms;  ///< one for each of Run.modes, in their order
  TrialSettings settings;
  GpuMonitor* monitor = nullptr;  ///< null where the GPU can't be watched
  std::function<bool()> stop_requested;
  std::function<Analysis(const Run&)> analyse;
  std::function<int(int complete_blocks)> replan = {};  ///< RunOptions.replan
};

enum class LoopEnd {
  complete,     ///< all planned blocks, or every comparison decided at an earlier look
  interrupted,  ///< by the user
  gave_up       ///< too few modes are left to compare
};

class RunLoop {
 public:
  /// `run` holds the header and, where a run goes on, its trials; it gets the new ones.
  RunLoop(Run& run, LoopInputs inputs, Journal& journal, Progress& progress);

  LoopEnd run_to_end();

  int complete_blocks() const { return complete_blocks_; }

 private:
  LoopEnd run_blocks();
  void replan();
  bool run_validations();
  /// False where it was interrupted: the block is then not complete.
  bool run_block(int block);
  bool run_startups(int block, const std::vector<std::string>& order);
  bool run_one(TrialKind kind, int block, int position, const std::string& mode);
  void replay_earlier_trials();
  bool ends_block(std::size_t trial) const;
  void account(Trial& trial);
  void reject_other_gpu(Trial& trial);
  void report_problems(const Trial& trial);
  void drop(const std::string& mode, const std::string& reason);
  bool comparison_possible() const;
  bool decided_early();
  double seconds_left() const;
  const Arm& arm_of(const std::string& mode) const;

  Run& run_;
  LoopInputs inputs_;
  Journal& journal_;
  Progress& progress_;
  int complete_blocks_ = 0;
  int next_block_ = 0;
  std::map<std::string, int> failures_in_a_row_;
  std::set<std::string> dropped_;
  std::set<std::string> validated_;
  std::set<std::pair<std::string, std::string>> reported_;  ///< (mode, benchmark) of wrong results
  std::string gpu_uuid_;
};

}  // namespace cuparity
