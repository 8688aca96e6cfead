#include "harness/report/example_run.hpp"

#include <fmt/format.h>

#include <cmath>

namespace cuparity {
namespace {

/// Reproducible wobble in [-1, 1].
double wobble(int a, int b, int c) { return std::sin(12.9898 * a + 78.233 * b + 37.719 * c); }

struct Plan {
  const char* benchmark;
  double seconds;
  std::optional<double> bytes;
  std::optional<double> flops;
  double effect;
  double spread;
  double margin;
  Verdict verdict;
};

const std::vector<Plan>& plans() {
  static const std::vector<Plan> all = {
      {"bandwidth/triad/fp32/1GiB/manual_time", 7.9e-4, 3.2212e9, {}, 0.0002, 0.0004, 0.01, Verdict::same},
      {"bandwidth/h2d_pinned/256MiB/manual_time", 4.87e-3, 2.68e8, {}, 0.0041, 0.0012, 0.01, Verdict::same},
      {"gemm/cublaslt/bf16/8192/manual_time", 1.56e-3, {}, 1.0995e12, 0.031, 0.004, 0.01, Verdict::slower},
      {"gemm/own/fp32/4096/manual_time", 2.9e-3, {}, 1.374e11, -0.0007, 0.011, 0.01, Verdict::inconclusive},
      {"saxpy/own/fp32/268435456/manual_time", 9.1e-4, 3.22e9, {}, 0.0, 0.0003, 0.01, Verdict::same},
      {"launch/submit/manual_time", 3.2e-6, {}, {}, 0.012, 0.006, 0.02, Verdict::same},
      {"startup/cuinit/iterations:1/manual_time", 0.0916, {}, {}, -0.84, 0.03, 0.1, Verdict::faster},
  };
  return all;
}

Comparison comparison_of(const Plan& plan, const std::string& candidate, int which, int blocks) {
  Comparison comparison;
  comparison.benchmark = plan.benchmark;
  comparison.baseline = "native";
  comparison.candidate = candidate;
  comparison.verdict = plan.verdict;
  comparison.margin = plan.margin;
  comparison.n = blocks;
  comparison.baseline_seconds = plan.seconds;
  comparison.candidate_seconds = plan.seconds * (1 + plan.effect);
  comparison.effect = plan.effect;
  comparison.interval_low = plan.effect - plan.spread;
  comparison.interval_high = plan.effect + plan.spread;
  comparison.confidence_level = 0.975;
  comparison.p_value = plan.verdict == Verdict::same ? 0.42 : 0.0004883;
  comparison.adjusted_p_value = plan.verdict == Verdict::same ? 1.0 : 0.006;
  comparison.minimum_detectable_effect = plan.spread * 1.2;
  comparison.same_bits = true;
  comparison.reason = plan.verdict == Verdict::same
                          ? "the interval lies inside the margin"
                          : "the interval excludes 0 after the correction for 14 comparisons";
  if (plan.verdict == Verdict::inconclusive) {
    comparison.reason = "the interval holds both 0 and the margin";
    comparison.blocks_to_settle = 41;
  }
  for (int block = 0; block < blocks; ++block) {
    comparison.differences.push_back(std::log1p(plan.effect + 1.5 * plan.spread * wobble(block, which, 1)));
  }
  return comparison;
}

Row measured_row(const Plan& plan, double factor, int index) {
  Row row;
  row.benchmark = plan.benchmark;
  for (int i = 0; i < 5; ++i) {
    row.repetitions.push_back(plan.seconds * factor * (1 + 0.6 * plan.spread * wobble(index, i, 2)));
  }
  row.seconds = plan.seconds * factor;
  if (plan.bytes) row.bytes_per_second = *plan.bytes / row.seconds;
  if (plan.flops) row.flops_per_second = *plan.flops / row.seconds;
  row.label = {{"digest", "a3c1f00ddeadbe01"}, {"error", "0.125"}};
  if (plan.flops) row.label["algorithm"] = factor > 1.02 ? "algo 17, split-K 2" : "algo 66, split-K 1";
  return row;
}

Row skipped_row(const char* benchmark, const char* reason) {
  Row row;
  row.benchmark = benchmark;
  row.state = RowState::skipped;
  row.message = reason;
  return row;
}

Trial trial_of(const std::string& mode, int index, int block, int position) {
  Trial trial;
  trial.index = index;
  trial.block = block;
  trial.position = position;
  trial.mode = mode;
  trial.started_at = fmt::format("2026-03-01T10:{:02}:{:02}Z", index / 6, index % 6 * 10);
  trial.wall_seconds = mode == "native" ? 2.1 : 2.4;
  trial.process_seconds = 2.0;
  trial.ok = true;
  trial.raw_file = fmt::format("raw/{:03}.json", index);
  trial.environment = {{"backend", "cuda"},
                       {"gpu_name", "NVIDIA H200"},
                       {"gpu_uuid", "GPU-00000000-1111-2222-3333-444444444444"},
                       {"gpu_count", "1"},
                       {"driver_version", "580.159.04"},
                       {"cuda_driver_version", "13.0"},
                       {"cuda_runtime_version", "13.0"},
                       {"cudnn_version", mode == "native" ? "9.14.0" : "9.13.1"},
                       {"cpu_model", "Example CPU 9000"},
                       {"container", mode == "native" ? "none" : "docker"},
                       {"seccomp", mode == "native" ? "disabled" : "filter"},
                       {"shm_bytes", mode == "native" ? "67393028096" : "67108864"},
                       {"sm_clock_mhz", std::to_string(1980 - index % 3 * 15)},
                       {"temperature_celsius", std::to_string(41 + index % 4)},
                       {"injection_path", mode == "native"          ? "native"
                                          : mode == "docker:manual" ? "manual"
                                                                    : "cdi"}};
  if (mode == "docker:manual") trial.environment["variable_LD_LIBRARY_PATH"] = "/usr/local/nvidia/lib64";
  trial.telemetry = {{"sm_clock_mhz_min", std::to_string(1950 + index % 3)},
                     {"sm_clock_mhz_median", "1980"},
                     {"sm_clock_mhz_max", "1980"},
                     {"power_watts_min", "180"},
                     {"power_watts_median", std::to_string(300 + index % 5)},
                     {"power_watts_max", "690"},
                     {"clocks_event_reasons", index % 4 == 0 ? "sw_power_cap" : ""}};
  trial.telemetry_series = {{"seconds", {0.1, 0.7, 1.3, 1.9}},
                            {"sm_clock_mhz", {1980, 1950.0 + index % 3, 1965, 1980}},
                            {"power_watts", {180, 690, 300.0 + index % 5, 310}},
                            {"temperature_celsius", {41, 44.0 + index % 3, 45, 43}},
                            {"clocks_event_reasons", {0, index % 4 == 0 ? 4.0 : 0.0, 0, 1}}};
  return trial;
}

/// One start, in phases of fixed lengths that grow a little from block to block.
Trial startup_trial_of(const std::string& mode, int index, int block) {
  Trial trial = trial_of(mode, index, block, 6);
  trial.kind = TrialKind::startup;
  trial.telemetry.clear();
  trial.telemetry_series.clear();
  const bool native = mode == "native";
  const double longer = 1 + 0.01 * block;
  std::vector<std::pair<const char*, double>> phases = {{"start", native ? 0.068 : 0.174}, {"cuinit", 0.1},
                                                        {"context", 0.11},                 {"module_load", 0.0004},
                                                        {"first_kernel", 4e-5},            {"first_result", 3e-5},
                                                        {"exit", 0.12}};
  if (!native) {
    phases.insert(phases.begin(), {"create", 0.023});
    phases.emplace_back("remove", 0.019);
  }
  double total = 0;
  for (const auto& [name, seconds] : phases) {
    Row row;
    row.benchmark = name;
    row.seconds = seconds * longer;
    total += row.seconds;
    trial.rows.push_back(row);
  }
  trial.rows.emplace_back().benchmark = "total";
  trial.rows.back().seconds = total;
  return trial;
}

}  // namespace

Example example_run() {
  const int blocks = 8;
  const std::vector<std::string> modes = {"native", "docker:--gpus=all", "docker:manual"};
  Example example;
  Run& run = example.run;
  run.version = "0.1.0";
  run.suite = "quick";
  run.command = {"cuparity",          "run",    "--suite",       "quick", "--mode",    "native", "--mode",
                 "docker:--gpus=all", "--mode", "docker:manual", "--out", "my results"};
  run.seed = 20260301;
  run.baseline_mode = "native";
  run.modes = modes;
  run.mode_reasons = {{"docker:manual", "device nodes and driver libraries are here, no toolkit is needed"}};
  run.image = "cuparity:0.1.0";
  run.image_digest = "sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945";
  run.started_at = "2026-03-01T10:00:00Z";
  run.finished_at = "2026-03-01T10:08:30Z";
  run.planned_blocks = blocks;
  run.looks = {4, 8};
  run.margins = {{"default", 0.01}, {"^launch/", 0.02}, {"^startup/", 0.1}};
  run.environment = {{"os", "Ubuntu 24.04.3 LTS"}, {"kernel", "6.8.0-60-generic"}};
  run.notes = {"native sees 1 GPU, docker:--gpus=all sees 1 GPU"};
  run.harness_seconds = 9.5;
  int index = 0;
  for (int block = 0; block < blocks; ++block) {
    for (int position = 0; position < 6; ++position) {
      const std::size_t which =
          position < 3 ? static_cast<std::size_t>(position) : static_cast<std::size_t>(5 - position);
      Trial trial = trial_of(modes[which], index, block, position);
      for (const Plan& plan : plans()) {
        const double wander = 1 + 0.5 * plan.spread * wobble(index, block, 3);
        trial.rows.push_back(measured_row(plan, (which == 0 ? 1 : 1 + plan.effect) * wander, index));
      }
      trial.rows.push_back(skipped_row("gemm/cublaslt/fp8_e4m3/8192/manual_time",
                                       "fp8 needs compute capability 8.9 or later"));
      if (which == 2) {
        trial.rows.push_back(skipped_row("convolution/cudnn/forward/fp16/3x3_64_64_56/manual_time",
                                         "libcudnn.so.9 was not found"));
      }
      run.trials.push_back(std::move(trial));
      ++index;
    }
    for (const std::string& mode : modes) run.trials.push_back(startup_trial_of(mode, index++, block));
  }
  Analysis& analysis = example.analysis;
  for (std::size_t which = 1; which < modes.size(); ++which) {
    for (const Plan& plan : plans()) {
      analysis.comparisons.push_back(comparison_of(plan, modes[which], static_cast<int>(which), blocks));
    }
  }
  analysis.comparisons[1].detectable_below_margin = true;
  analysis.comparisons[9].same_bits = false;
  for (const Plan& plan : plans()) {
    Comparison same = comparison_of(plan, "native", 0, blocks);
    same.effect = 0.1 * plan.spread;
    same.interval_low = -0.9 * plan.spread;
    same.interval_high = 1.1 * plan.spread;
    same.verdict = Verdict::same;
    analysis.noise_floor.push_back(same);
  }
  analysis.wrong = {
      "docker:manual: gemm/cublaslt/bf16/8192: other bits than native (digest a3c1f00ddeadbe02)"};
  analysis.verdict = Verdict::slower;
  analysis.sentence =
      "docker:--gpus=all is slower than native in 1 of 7 benchmarks: gemm/cublaslt/bf16/8192 by 3.1 % "
      "(97.5 % interval 2.7 … 3.5 %); 4 are the same within their margin, 1 is not settled.";
  analysis.exit_code = 1;
  analysis.overhead_ratio = 0.086;
  return example;
}

Example large_run(int benchmarks, int modes, int blocks) {
  Example example;
  Run& run = example.run;
  run.version = "0.1.0";
  run.suite = "full";
  run.baseline_mode = "native";
  run.finished_at = "2026-03-01T12:00:00Z";
  for (int mode = 0; mode < modes; ++mode) {
    run.modes.push_back(mode == 0 ? "native" : fmt::format("docker:--gpus=all --cpus={}", mode));
  }
  std::vector<std::string> names;
  for (int i = 0; i < benchmarks; ++i) names.push_back(fmt::format("gemm/own/fp32/{}/manual_time", 1024 + i));
  int index = 0;
  for (int block = 0; block < blocks; ++block) {
    for (int position = 0; position < 2 * modes; ++position) {
      const int which = position < modes ? position : 2 * modes - 1 - position;
      Trial trial = trial_of(run.modes[static_cast<std::size_t>(which)], index++, block, position);
      for (const std::string& name : names) {
        Plan plan = plans()[3];
        plan.benchmark = name.c_str();
        trial.rows.push_back(measured_row(plan, 1 + 0.0001 * wobble(index, which, 1), index));
      }
      run.trials.push_back(std::move(trial));
    }
  }
  for (std::size_t which = 1; which < run.modes.size(); ++which) {
    for (const std::string& name : names) {
      Plan plan = plans()[0];
      plan.benchmark = name.c_str();
      example.analysis.comparisons.push_back(
          comparison_of(plan, run.modes[which], static_cast<int>(which), blocks));
    }
  }
  example.analysis.verdict = Verdict::same;
  example.analysis.sentence = "everything is the same within its margin";
  return example;
}

Example hostile_run() {
  Example example = example_run();
  const std::string name =
      "x|y</script><script>alert(1)</script><img src=x onerror=alert(2)>`{{name}}`\x1b[31m\xE2\x80\xAE"
      "txt.exe\xFF\n@everyone https://example.org/" +
      std::string(10000, 'A');
  example.run.modes[1] = "docker:" + name;
  example.run.image = name;
  example.run.notes = {name};
  example.analysis.wrong = {name};
  example.analysis.sentence = name;
  for (Trial& trial : example.run.trials) {
    if (trial.mode == "docker:--gpus=all") trial.mode = example.run.modes[1];
    trial.environment["key" + name] = name + trial.mode;
    for (Row& row : trial.rows) {
      row.benchmark = name + row.benchmark;
      row.message = name;
      row.label[name] = name;
    }
  }
  for (Comparison& comparison : example.analysis.comparisons) {
    if (comparison.candidate == "docker:--gpus=all") comparison.candidate = example.run.modes[1];
    comparison.benchmark = name + comparison.benchmark;
    comparison.reason = name;
  }
  return example;
}

}  // namespace cuparity
