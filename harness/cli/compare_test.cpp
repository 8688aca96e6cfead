#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "environment/temporary_folder.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/subcommand.hpp"
#include "harness/errors.hpp"
#include "harness/record/run_json.hpp"
#include "harness/stats/simulated_run.hpp"

namespace cuparity {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;

class CompareCommand : public ::testing::Test {
 protected:
  /// A Google Benchmark file of "x" and a benchmark of its own; returns its path.
  std::string benchmark_file(const std::string& name, double nanoseconds, const std::string& own) {
    SimulatedSamples random(static_cast<std::uint64_t>(name.front()));
    nlohmann::json rows = nlohmann::json::array();
    for (int i = 0; i < 20; ++i) {
      rows.push_back({{"name", "x/real_time"},
                      {"run_type", "iteration"},
                      {"repetition_index", i},
                      {"real_time", nanoseconds * (1 + 0.001 * random.normal())},
                      {"time_unit", "ns"}});
    }
    rows.push_back({{"name", own}, {"real_time", 1}, {"time_unit", "ms"}});
    return write(name, nlohmann::json{{"context", {{"num_cpus", 4}}}, {"benchmarks", rows}}.dump());
  }

  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  /// Runs the command; its output is in output_.
  int compare(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "compare");
    return run_subcommand(add_compare_command, std::move(arguments), output_);
  }

  const TemporaryFolder temporary_;
  const std::filesystem::path& folder_ = temporary_.path();
  std::string output_;
};

TEST_F(CompareCommand, ShowsATableThatATerminalHolds) {
  const std::string a = benchmark_file("a.json", 100, "only_a");
  const std::string b = benchmark_file("b.json", 105, "only_b");
  EXPECT_EQ(compare({a, b}), exit_regression);
  EXPECT_THAT(output_, HasSubstr("slower: 1 slower of 1"));
  EXPECT_THAT(output_, HasSubstr("Only in the baseline:\n  only_a"));
  EXPECT_THAT(output_, HasSubstr("Only in the candidate:\n  only_b"));
  std::istringstream lines(output_);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(folder_.string()) == std::string::npos) {
      EXPECT_LE(line.size(), 110U) << line;
    }
  }
}

TEST_F(CompareCommand, WritesJson) {
  const std::string a = benchmark_file("a.json", 100, "only_a");
  const std::string b = benchmark_file("b.json", 100, "only_b");
  EXPECT_EQ(compare({a, b, "--format", "json", "--pairing", "block"}), exit_pass);
  const nlohmann::json json = nlohmann::json::parse(output_);
  EXPECT_EQ(json["comparisons"][0]["benchmark"], "x/real_time");
  EXPECT_EQ(json["comparisons"][0]["verdict"], "same");
  EXPECT_EQ(json["comparisons"][0]["n"], 20);
  EXPECT_EQ(json["comparisons"][0]["interval"]["level"], 0.95);
  EXPECT_EQ(json["only_in_candidate"][0], "only_b");
}

TEST_F(CompareCommand, WritesMarkdown) {
  const std::string a = benchmark_file("a.json", 100, "only_a");
  EXPECT_EQ(compare({a, a, "--format", "md"}), exit_inconclusive);  // only_a has one repetition
  EXPECT_THAT(output_,
              HasSubstr("| benchmark | baseline | candidate | effect | 95 % interval | n | MDE | verdict |"));
  EXPECT_THAT(output_, HasSubstr("| x | 100.0 ns | 100.0 ns | ±0.000 % |"));
}

TEST_F(CompareCommand, ShowsNamesThatATerminalAndATableBear) {
  const std::string name = std::string("up\x1b[2J\nnext|") + '\0' + "end";
  const std::string a = benchmark_file("a.json", 100, name);
  const std::string b = benchmark_file("b.json", 100, "x\x1b[1mbold");
  for (const char* format : {"text", "md"}) {
    for (const std::string& other : {a, b}) {
      compare({a, other, "--format", format});
      EXPECT_THAT(output_, Not(HasSubstr("\x1b")));
      EXPECT_EQ(output_.find('\0'), std::string::npos);
      EXPECT_THAT(output_, Not(HasSubstr("\nnext")));
    }
  }
  compare({a, a, "--format", "md"});
  EXPECT_THAT(output_, HasSubstr("| up\uFFFD\\[2J next\\|\uFFFDend | 1.000 ms |"));
}

TEST_F(CompareCommand, NamesWhatIsWrong) {
  const std::string a = benchmark_file("a.json", 100, "new/manual_time");
  nlohmann::json json = nlohmann::json::parse(std::ifstream(a));
  json["benchmarks"].back().update({{"error_occurred", true}, {"error_message", "<b> beyond *its* bound"}});
  const std::string wrong = write("c.json", json.dump());
  EXPECT_EQ(compare({benchmark_file("b.json", 100, "old/manual_time"), wrong}), exit_regression);
  EXPECT_THAT(output_, HasSubstr("WRONG:\n  new: <b> beyond *its* bound\n"));
  EXPECT_THAT(output_, HasSubstr("Only in the candidate:\n  new\n"));
  EXPECT_THAT(output_, HasSubstr("\nwrong, 1 finding: 1 same of 1\n"));
  EXPECT_EQ(compare({a, wrong, "--format", "md"}), exit_regression);
  EXPECT_THAT(output_, HasSubstr("**wrong, 1 finding**: 1 invalid, 1 same of 2"));
  EXPECT_THAT(output_, HasSubstr("- new: &lt;b> beyond \\*its\\* bound\n"));
  EXPECT_EQ(compare({a, wrong, "--format", "json"}), exit_regression);
  EXPECT_EQ(nlohmann::json::parse(output_)["wrong"][0], "new: <b> beyond *its* bound");
}

TEST_F(CompareCommand, TakesAMargin) {
  const std::string a = benchmark_file("a.json", 100, "x2");
  const std::string b = benchmark_file("b.json", 105, "x3");
  EXPECT_EQ(compare({a, b, "--margin", "0.1"}), exit_pass);
  EXPECT_EQ(compare({a, b, "--margin", "10%"}), exit_pass);
}

TEST_F(CompareCommand, SaysWhatIsWrongWithAMargin) {
  const std::string a = benchmark_file("a.json", 100, "x2");
  const auto error_with = [&](const std::string& margin) { return [this, a, margin] { compare({a, a, "--margin", margin}); }; };
  for (const char* margin : {"0", "-1", "abc", "nan", "5 percent"}) {
    EXPECT_THAT(error_with(margin), ThrowsMessage<UsageError>(fmt::format(
                                        "--margin {0}: '{0}' is no share above 0; write 5 % or 0.05", margin)));
  }
  EXPECT_THAT(error_with("1e-10"), ThrowsMessage<UsageError>("--margin 1e-10: a margin must be at least 1e-9"));
  EXPECT_THAT(error_with("5"), ThrowsMessage<UsageError>("--margin 5 means 500 %; for 5 % write --margin 5%"));
  for (const char* margin : {"200", "100%", "inf"}) {
    EXPECT_THAT(error_with(margin),
                ThrowsMessage<UsageError>(fmt::format("--margin {}: a margin must be below 100 %", margin)));
  }
}

TEST_F(CompareCommand, ComparesRuns) {
  SimulatedSamples random(1);
  SimulatedRun shape;
  shape.effect = {{"docker:--gpus=all", 0.05}};
  const cuparity::Run run = simulate_run(shape, random);
  const std::string path = write("run.json", to_json(run, analyse(run)).dump());
  EXPECT_EQ(compare({path, folder_.string()}), exit_pass);
  EXPECT_THAT(output_, HasSubstr("(native)"));
  EXPECT_THAT(output_, Not(HasSubstr("each file is one process")));
  EXPECT_EQ(compare({path, path, "--mode", "docker:--gpus=all"}), exit_pass);
}

TEST_F(CompareCommand, SaysWhatWasComparedPerClock) {
  SimulatedSamples random(1);
  SimulatedRun shape;
  shape.benchmarks = {"gemm/own/fp32/4096/manual_time", "saxpy/own/fp32/1024/manual_time"};
  shape.clock_deviation = 0.001;
  cuparity::Run run = simulate_run(shape, random);
  run.per_clock = {"^gemm/"};
  const std::string path = write("run.json", to_json(run, analyse(run)).dump());
  EXPECT_EQ(compare({path, path}), exit_pass);
  EXPECT_THAT(output_, HasSubstr("  same\n    per clock, in time ±0.000 %\nsaxpy/own"));
  EXPECT_EQ(compare({path, path, "--format", "md"}), exit_pass);
  EXPECT_THAT(output_, HasSubstr("| same (per clock, in time ±0.000 %) |\n| saxpy/own"));
  EXPECT_EQ(compare({path, path, "--format", "json"}), exit_pass);
  const nlohmann::json json = nlohmann::json::parse(output_);
  EXPECT_EQ(json["comparisons"][0]["measure"], "cycles");
  EXPECT_EQ(json["comparisons"][0]["time_effect"], 0);
  EXPECT_EQ(json["comparisons"][1]["measure"], "seconds");
}

TEST_F(CompareCommand, SaysWhatIsWrongWithAFile) {
  const std::string a = benchmark_file("a.json", 100, "x2");
  const auto error_with = [&](const std::string& other) { return [this, a, other] { compare({a, other}); }; };
  EXPECT_THAT(error_with(folder_ / "none.json"),
              ThrowsMessage<UsageError>(HasSubstr("none.json: no such file")));
  EXPECT_THAT(error_with(write("bad.json", "{]")),
              ThrowsMessage<UsageError>(HasSubstr("bad.json: not JSON")));
  EXPECT_THAT(error_with(write("empty.json", R"({"benchmarks": []})")),
              ThrowsMessage<UsageError>(HasSubstr("empty.json: holds no benchmark")));
  EXPECT_THAT(error_with(write("other.json", R"({"benchmarks": [{"name": "q", "real_time": 1}]})")),
              ThrowsMessage<UsageError>(HasSubstr("nothing to compare")));
  EXPECT_THAT(
      [&] {
        compare({a, a, "--mode", "native"});
      },
      ThrowsMessage<UsageError>(HasSubstr("has no modes")));
  EXPECT_THROW(compare({a}), CLI::ParseError);
  EXPECT_THROW(compare({a, a, "--pairing", "maybe"}), CLI::ParseError);
}

}  // namespace
}  // namespace cuparity
