// An engine for tests: no process is started, cuparity-bench and cuparity-validate are played.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/engine/engine.hpp"

namespace cuparity {

class FakeEngine : public Engine {
 public:
  /// What the next process of a mode does instead of going well.
  enum class Fate { well, dies, hangs, rubbish, nothing_written, wrong_result, stopped };

  std::filesystem::path output_path(const ProcessRequest& request) const override {
    return request.output_folder;
  }
  std::filesystem::path binary_folder() const override { return "/bin"; }
  ProcessResult run(const ProcessRequest& request, const AccessMode& mode) override;
  std::string unusable(const AccessMode& mode) override;
  std::vector<std::string> take_over_run(const std::filesystem::path& folder) override {
    taken_over.push_back(folder);
    return left_containers;
  }
  std::map<std::string, std::string> describe() override {
    std::map<std::string, std::string> all = facts;
    all["image_id"] = image_id;
    return all;
  }

  std::vector<std::string> benchmarks = {"saxpy/own/fp32/1024", "gemm/own/fp32/256", "launch/system_call"};
  /// Rows of a backend that has others than `benchmarks`; none: it is not built.
  std::map<std::string, std::vector<std::string>> backend_benchmarks;
  std::vector<std::string> tests = {"Numerics/saxpy.small"};  ///< of cuparity-validate
  std::map<std::string, std::string> context = {{"backend", "cpu"}};
  std::string image_id = "sha256:1";
  std::map<std::string, std::string> facts;  ///< further ones that it describes itself with
  std::map<std::string, double> slowdown;      ///< mode -> factor on its times
  std::map<std::string, std::string> refused;  ///< mode -> why it is unusable
  std::vector<std::string> left_containers;         ///< by a killed part of every run
  std::vector<std::filesystem::path> taken_over;    ///< folders of runs, in order
  std::string not_started;                     ///< what the engine says instead of starting any container
  std::function<Fate(const std::string& mode, int call)>
      fate;                                        ///< asked for each timed process, counted from 0
  std::vector<std::string> trials;                 ///< modes of the timed processes, in order
  std::vector<std::string> startups;               ///< modes of the start-up probes, in order
  std::vector<std::vector<std::string>> commands;  ///< every command
  std::vector<std::map<std::string, std::string>> environments;  ///< of the timed processes

 private:
  void write_benchmarks(const std::string& path, const std::string& filter, const std::string& mode,
                        Fate fate);
};

/// Lends an engine of the test to code that wants one of its own.
class LentEngine : public Engine {
 public:
  explicit LentEngine(FakeEngine& engine) : engine_(engine) {}
  std::filesystem::path output_path(const ProcessRequest& request) const override {
    return engine_.output_path(request);
  }
  std::filesystem::path binary_folder() const override { return engine_.binary_folder(); }
  ProcessResult run(const ProcessRequest& request, const AccessMode& mode) override {
    return engine_.run(request, mode);
  }
  std::string unusable(const AccessMode& mode) override { return engine_.unusable(mode); }
  std::vector<std::string> take_over_run(const std::filesystem::path& folder) override { return engine_.take_over_run(folder); }
  std::map<std::string, std::string> describe() override { return engine_.describe(); }

 private:
  FakeEngine& engine_;
};

}  // namespace cuparity
