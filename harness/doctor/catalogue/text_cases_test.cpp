// Every case by its words. The test's name is the finding that must be among the causes.
#include "harness/doctor/catalogue/text_cases.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "harness/doctor/from_text.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"

namespace cuparity {
namespace {

std::vector<std::string> causes_of(const std::string& text, const Probe* probe = nullptr) {
  return diagnose_text(text, probe).text["causes"];
}

std::vector<TextCase> all_cases() {
  std::vector<TextCase> all = engine_text_cases();
  for (TextCase& each : program_text_cases()) all.push_back(std::move(each));
  return all;
}

class KnownText : public testing::TestWithParam<TextCase> {};

TEST_P(KnownText, NamesTheCause) {
  ASSERT_NE(find_problem(GetParam().id), nullptr);
  ASSERT_GE(GetParam().texts.size(), 2u);
  for (const std::string& text : GetParam().texts) {
    EXPECT_THAT(causes_of(text), testing::Contains(GetParam().id)) << text;
    // A terminal that wraps in the middle of words, a log that begins every line with the time, a mail.
    std::string wrapped, logged, mailed;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (i % 37 == 36 && text[i] != '\x1b') wrapped += "\n";
      wrapped += text[i];
    }
    EXPECT_THAT(causes_of(wrapped), testing::Contains(GetParam().id)) << wrapped;
    logged = "2026-01-02T03:04:05.678Z ";
    mailed = "> ";
    for (const char c : text) {
      logged += c == '\n' ? "\n2026-01-02T03:04:05.678Z " : std::string(1, c);
      mailed += c == '\n' ? "\n> " : std::string(1, c);
    }
    EXPECT_THAT(causes_of(logged), testing::Contains(GetParam().id)) << logged;
    EXPECT_THAT(causes_of(mailed), testing::Contains(GetParam().id)) << mailed;
  }
}

INSTANTIATE_TEST_SUITE_P(Text, KnownText, testing::ValuesIn(all_cases()),
                         [](const testing::TestParamInfo<TextCase>& test) {
                           std::string name = test.param.id;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name + "_" + std::to_string(test.index);  // a case may have several sets of words
                         });

TEST(KnownProblems, AreWholeAndEachHasTexts) {
  std::set<std::string> ids, tested;
  for (const TextCase& each : all_cases()) tested.insert(each.id);
  for (const KnownProblem* problem : known_problems()) {
    EXPECT_TRUE(ids.insert(problem->id).second) << problem->id << " is there twice";
    for (const char* text : {problem->where, problem->summary, problem->cause, problem->check, problem->source})
      EXPECT_STRNE(text, "") << problem->id;
    EXPECT_FALSE(problem->fix.empty()) << problem->id;
    EXPECT_FALSE(problem->texts.empty()) << problem->id;
  }
  EXPECT_GE(ids.size(), 84u);
  EXPECT_GE(tested.size(), 84u);
}

TEST(FromText, UnknownWordsAreNotGuessedAt) {
  for (const char* text :
       {"Segmentation fault (core dumped)", "error: the quick brown fox", "nvidia", "docker: Error response from daemon: "
        "pull access denied for x", "Traceback (most recent call last):\nValueError: shapes do not match", "OK",
        "CUDA out of memory. Tried to allocate 2.00 GiB", "the migration of 802 files takes 100 seconds"}) {
    const DoctorReport report = diagnose_text(text, nullptr);
    EXPECT_FALSE(report.text["recognised"].get<bool>()) << text << report.text.dump();
    ASSERT_EQ(report.findings.size(), 1u);
    EXPECT_EQ(report.findings[0].id, "unknown-text");
  }
}

// Words that several programs have, in those of another, or of a cause that is another one.
TEST(FromText, WordsOfOthersAreNotClaimed) {
  for (const char* text :
       {"error during connect: Post \"http://%2Fvar%2Frun%2Fdocker.sock/v1.24/build\": EOF",
        "error during connect: in the default daemon configuration on Windows, the docker client must be run with elevated "
        "privileges to connect",
        "OSError: [Errno 8] Exec format error: './run.py'", "modprobe: ERROR: could not insert 'nvidia': Exec format error",
        "model = torch.load(f, map_location='cuda' if torch.cuda.is_available() else 'cpu', weights_only=False)\nKeyError: 'x'",
        "ssl.SSLError: cipher is not supported by OpenSSL", "error: this feature is not supported by open standards",
        "Job for docker.service failed because a timeout was exceeded.",
        "failed to start daemon: Error initializing network controller: failed to create NAT chain DOCKER\nsystemd[1]: "
        "docker.service: Start request repeated too quickly.",
        "ValueError: gpus must be a list of ints", "failed to load config: yaml: line 3: unexpected token",
        "error loading config: failed to unmarshal yaml",
        "failed to load config file /etc/buildkit/buildkitd.toml: (3, 1): unexpected token", "qt.qpa.xcb: XDG_RUNTIME_DIR not set, defaulting to '/tmp/runtime-root'",
        "error: XDG_RUNTIME_DIR is invalid or not set in the environment.", "mkdir /run/user/1000/gvfs: permission denied\ntmpdir",
        "XDG_RUNTIME_DIR (/run/user/1000) is not owned by us (uid 0), but by uid 1000!",
        "nvidia: module verification failed: signature and/or required key missing - tainting kernel",
        "modprobe: ERROR: could not insert 'v4l2loopback': Key was rejected by service",
        "E: Unable to locate package foobar", "E: The repository 'http://ppa.launchpad.net/x noble Release' does not have a Release file.",
        "manifest for ubuntu:99.99 not found: manifest unknown", "services.web.ports must be a list",
        "exec: \"docker-credential-desktop\": executable file not found in $PATH", "stat /dev/nvme0n1: no such file or directory",
        "driver failed programming external connectivity on endpoint web: port is already allocated",
        "vboxdrv.sh: failed: Kernel headers not found for target kernel 6.8.0-45-generic",
        "modprobe: FATAL: Module vboxdrv not found in directory /lib/modules/6.8.0-45-generic"})
    EXPECT_THAT(causes_of(text), testing::IsEmpty()) << text;
}

TEST(FromText, SeveralCausesAllComeWithTheirChecks) {
  const DoctorReport report = diagnose_text("Failed to initialize NVML: Unknown Error", nullptr);
  EXPECT_THAT(causes_of("Failed to initialize NVML: Unknown Error"),
              testing::IsSupersetOf({"nvml-unknown-error-daemon-reload", "nvml-unknown-error-no-cgroups",
                                     "k8s-cpumanager-eperm"}));
  for (const Finding& finding : report.findings) EXPECT_FALSE(finding.check.empty()) << finding.id;
}

TEST(FromText, TheProbeSettlesWhatTheTextLeavesOpen) {
  Probe probe;
  EngineFacts docker;
  docker.name = "docker";
  docker.answers = true;
  docker.cgroup_driver = "systemd";
  probe.engines = {docker};
  probe.toolkit.no_cgroups = true;
  const DoctorReport report = diagnose_text("Failed to initialize NVML: Unknown Error", &probe);
  EXPECT_EQ(report.text["causes"][0], "nvml-unknown-error-no-cgroups");
  EXPECT_THAT(report.findings[0].evidence, testing::HasSubstr("this machine shows it: no-cgroups = true"));
  EXPECT_EQ(static_cast<int>(report.findings[1].severity), static_cast<int>(Severity::info));
}

TEST(FromText, TheUsualCauseComesFirst) {
  EXPECT_THAT(causes_of("Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 580.95"),
              testing::ElementsAre("driver-library-mismatch-start", "driver-library-mismatch-inside"));
  EXPECT_THAT(causes_of("Auto-detected mode as 'csv'\ninvoking the NVIDIA Container Runtime Hook directly (e.g. specifying the "
                        "docker --gpus flag) is not supported"),
              testing::ElementsAre("csv-mode-hook-direct"));
  EXPECT_THAT(causes_of("Using requested mode 'cdi'\ninvoking the NVIDIA Container Runtime Hook directly (e.g. specifying the "
                        "docker --gpus flag) is not supported"),
              testing::ElementsAre("hook-mode-not-legacy"));
  EXPECT_THAT(causes_of("failed to get sandbox runtime: no runtime for \"nvidia\" is configured"),
              testing::ElementsAre("k8s-runtime-not-configured"));
  EXPECT_EQ(causes_of("docker: Error response from daemon: could not select device driver \"\" with capabilities: [[gpu]].")[0],
            "toolkit-missing");
  EXPECT_EQ(causes_of("docker was installed by snap; could not select device driver \"\" with capabilities: [[gpu]]")[0],
            "snap-docker-runtime");
  EXPECT_EQ(causes_of("CUDA driver version is insufficient for CUDA runtime version")[0], "driver-insufficient");
  EXPECT_EQ(causes_of("bash: nvidia-smi: command not found")[0], "nvidia-smi-not-found");
  EXPECT_EQ(causes_of("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.")[0], "driver-not-loaded");
}

TEST(FromText, HintsOfTheTextRank) {
  EXPECT_EQ(causes_of("kubelet: pod says Failed to initialize NVML: Unknown Error")[0], "k8s-cpumanager-eperm");
  EXPECT_EQ(causes_of("/snap/bin/docker: unknown or invalid runtime name: nvidia")[0], "snap-docker-runtime");
}

}  // namespace
}  // namespace cuparity
