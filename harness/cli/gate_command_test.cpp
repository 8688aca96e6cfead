#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "environment/temporary_folder.hpp"
#include "environment/text_file.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/subcommand.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class GateCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_ / "several");
    for (const std::string& file : {baseline_, candidate_, in_folder_}) std::ofstream(file) << result_;
  }

  int gate(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "gate");
    return run_subcommand(add_gate_command, std::move(arguments), output_);
  }

  auto refusal(std::vector<std::string> arguments) {
    return [this, arguments = std::move(arguments)] { gate(arguments); };
  }

  const TemporaryFolder temporary_;
  const std::filesystem::path& folder_ = temporary_.path();
  std::string output_;
  const std::string result_ = R"({"benchmarks": [{"name": "x", "real_time": 1}]})";
  const std::string baseline_ = folder_ / "a.json";
  const std::string candidate_ = folder_ / "b.json";
  const std::string in_folder_ = folder_ / "several" / "1.json";
};

TEST_F(GateCommand, RefusesWhatItWouldNotHeed) {
  const std::vector<std::vector<std::string>> of_golden = {{"--suite", "quick"}, {"--blocks", "3"}, {"--seed", "3"},
                                                           {"--backend", "cuda"}, {"--filter", "zzz"}, {"--out", "x"}};
  for (const std::vector<std::string>& option : of_golden) {
    EXPECT_THAT(refusal({candidate_, "--baseline", baseline_, option[0], option[1]}),
                ThrowsMessage<UsageError>(HasSubstr(option[0] + " is for --golden")));
  }
  EXPECT_THAT(refusal({candidate_, "--baseline", baseline_, "--index", "i"}),
              ThrowsMessage<UsageError>(HasSubstr("--index is for --history")));
  EXPECT_THAT(refusal({candidate_, "--history", folder_, "--cross-environment"}),
              ThrowsMessage<UsageError>(HasSubstr("--cross-environment is for --baseline")));
  EXPECT_EQ(gate({candidate_, "--baseline", baseline_, "--cross-environment"}), exit_inconclusive);
}

TEST_F(GateCommand, WritesNoReportOverWhatItReads) {
  const std::string allow = folder_ / "allow.yaml";
  std::ofstream(allow) << "expected_changes: []\n";
  for (const char* option : {"--junit", "--gitlab"}) {
    for (const std::string& file : {baseline_, candidate_, allow}) {
      EXPECT_THAT(refusal({candidate_, "--baseline", baseline_, "--allow", allow, option, file}),
                  ThrowsMessage<UsageError>(HasSubstr(option + (" " + file) + " is what is compared")));
    }
    EXPECT_THAT(refusal({candidate_, "--baseline", folder_ / "several", option, in_folder_}),
                ThrowsMessage<UsageError>(HasSubstr("is what is compared")));
  }
  EXPECT_EQ(environment::read_text_file(baseline_), result_);
  for (int time = 0; time < 2; ++time)
    EXPECT_EQ(gate({candidate_, "--baseline", baseline_, "--junit", folder_ / "junit.xml"}), exit_inconclusive);
}

}  // namespace
}  // namespace cuparity
