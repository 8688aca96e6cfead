#include "harness/redact/redactor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "harness/record/run_json.hpp"
#include "harness/redact/redacted_text.hpp"
#include "harness/report/example_run.hpp"
#include "harness/report/report.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string redacted(const std::string& text, const std::string& field = "note") { return redacted_text(text, field); }

TEST(Redactor, TextsStayReadable) {
  EXPECT_EQ(redacted("/usr/lib/x86_64-linux-gnu/libcuda.so.580.1"), "[path]/libcuda.so.580.1");
  EXPECT_EQ(redacted("docker:--gpus=device=GPU-8a1b2c3d -v /home/alice/d:/d -e USER=alice"),
            "docker:--gpus=device=gpu-1 -v [path]:[path] -e USER=[user]");
  EXPECT_EQ(redacted("alice on host: /home/alice/x.json"), "[user] on host: [path]/x.json");
  EXPECT_EQ(redacted("--hostname node17 --network=host"), "--hostname [host] --network=host");
  EXPECT_EQ(redacted("serial number: 1654922006536, again 1654922006536"),
            "serial number: [serial], again [serial]");
  EXPECT_EQ(redacted("-e API_TOKEN=abc123 -e NCCL_DEBUG=INFO"), "-e API_TOKEN=[secret] -e NCCL_DEBUG=INFO");
  EXPECT_EQ(redacted("registry.example.com:5000/team/cuparity:1", "image"), "[host]:5000/team/cuparity:1");
  EXPECT_EQ(redacted("580.159.04", "driver_version"), "580.159.04");
  EXPECT_EQ(redacted("12.8.4.1", "cublas_version"), "12.8.4.1");
  EXPECT_EQ(redacted("node17", "host_name"), "[host]");
  EXPECT_EQ(redacted("sk-12345", "variable_NGC_API_KEY"), "[secret]");
  EXPECT_EQ(redacted("docker:none -e NGC_KEY=abc123 -e DB_PASS=abc124"), "docker:none -e NGC_KEY=[secret] -e DB_PASS=[secret]");
}

TEST(Redactor, EverydayWordsAreNotTakenForNames) {
  EXPECT_EQ(redacted("/home/native/x.txt native"), "[path]/x.txt native");
  EXPECT_EQ(redacted("--user root, root"), "--user root, root");
  EXPECT_EQ(redacted("USER=root, root"), "USER=[user], root");
  EXPECT_EQ(redacted("/home/collectives/x.txt collectives/all_reduce"), "[path]/x.txt collectives/all_reduce");
}

TEST(Redactor, SerialNumbersByTheirShortName) {
  EXPECT_EQ(redacted("SN 1654922006536, again 1654922006536."), "SN [serial], again [serial].");
  EXPECT_EQ(redacted("S/N: 1654922006536"), "S/N: [serial]");
  EXPECT_EQ(redacted("S/N 1654922006536"), "S/N [serial]");
  EXPECT_EQ(redacted("(sn=PF2ABC12) PF2ABC12"), "(sn=[serial]) [serial]");
  EXPECT_EQ(redacted("1654922006536", "sn"), "[serial]");
  EXPECT_EQ(redacted("1654922006536", "board_sn"), "[serial]");
}

TEST(Redactor, MacAddresses) {
  for (const char* text : {"02-42-ac-11-00-02", "02-42-AC-11-00-02", "0242.ac11.0002", "02:42:ac:11:00:02", "02-42-11-11-00-02"})
    EXPECT_EQ(redacted(std::string("at ") + text + ", up"), "at [mac], up") << text;
  EXPECT_EQ(redacted("mac=0242ac110002 MAC: 02 mac_address=02-42-ac-11-00-02"), "mac=[mac] MAC: 02 mac_address=[mac]");
  for (const char* field : {"mac", "mac_address", "eth0_mac"}) EXPECT_EQ(redacted("0242ac110002", field), "[mac]") << field;
}

TEST(Redactor, AUuidWithoutDashesIsTheSameDevice) {
  Pseudonyms pseudonyms;
  const nlohmann::json json = {{"a", "00000000-1111-2222-3333-44444444444a"},
                               {"b", "is 0000000011112222333344444444444A"},
                               {"c", "GPU-0000000011112222333344444444444a"},
                               {"gpu_uuid", "9000000011112222333344444444444a"}};
  const nlohmann::json expected = {{"a", "uuid-1"}, {"b", "is uuid-1"}, {"c", "uuid-1"}, {"gpu_uuid", "gpu-1"}};
  EXPECT_EQ(redacted_document(json, pseudonyms), expected);
}

TEST(Redactor, WindowsPathsAndTheirUsers) {
  EXPECT_EQ(redacted("alice has C:\\Users\\alice\\x.json"), "[user] has [path]/x.json");
  EXPECT_EQ(redacted("alice has 'C:\\Users\\alice\\data'"), "[user] has '[path]'");
  EXPECT_EQ(redacted("alice: {\"x\": \"C:\\\\Users\\\\alice\\\\data\"}"), "[user]: {\"x\": \"[path]\"}");
  EXPECT_EQ(redacted("at \\\\server\\share, or \\\\nas7\\alice\\x.txt"), "at [path], or [path]/x.txt");
  EXPECT_EQ(redacted("C:\\Program Files (x86)\\secret\\x.exe and D:\\y"), "[path]/x.exe and [path]");
  EXPECT_EQ(redacted("\\\\?\\C:\\Users\\alice\\x.txt"), "\\\\?\\[path]/x.txt");
  EXPECT_EQ(redacted("\"/srv/alice\\\" x"), "\"[path]\" x");
  EXPECT_EQ(redacted("C:\\Users\\Public\\x public"), "[path] public");
  EXPECT_EQ(redacted("docker:-v C:\\Users\\alice:/x"), "docker:-v [path]:[path]");
}

TEST(Redactor, WordsGivenAreTakenOut) {
  Pseudonyms pseudonyms;
  Redactor redactor(pseudonyms, {"Apollo"});
  EXPECT_EQ(redactor.redact_json(nlohmann::json("project apollo-2, apollonia")), "project [redacted]-2, apollonia");
}

TEST(Redactor, KeysAreRedactedAndNoneIsLost) {
  Pseudonyms pseudonyms;
  Redactor redactor(pseudonyms);
  const nlohmann::json result = redactor.redact_json({{"/home/a/x", "1"}, {"/home/b/x", "2"}});
  EXPECT_EQ(result, (nlohmann::json{{"[path]", "1"}, {"[path] (2)", "2"}}));
}

TEST(Redactor, DistinctModesStayDistinct) {
  Example example = example_run();
  const std::vector<std::string> names = {"docker:--volume=/home/a/x:/x", "docker:--volume=/home/b/x:/x"};
  for (Trial& trial : example.run.trials) {
    if (trial.mode == "docker:--gpus=all") trial.mode = names[0];
    if (trial.mode == "docker:manual") trial.mode = names[1];
  }
  example.run.modes = {"native", names[0], names[1]};
  example.run.mode_reasons = {{names[1], "x"}};
  Pseudonyms pseudonyms;
  const cuparity::Run result = Redactor(pseudonyms).redact(example.run);
  EXPECT_EQ(result.modes, (std::vector<std::string>{"native", "docker:--volume=[path]:[path]",
                                                    "docker:--volume=[path]:[path] (2)"}));
  EXPECT_EQ(result.mode_reasons.begin()->first, result.modes[2]);
  EXPECT_EQ(analyse(result).comparisons.size(), analyse(example.run).comparisons.size());
}

// ---- The property: whatever is planted wherever, none of it survives -------------------------------------

const std::vector<std::string>& secrets() {
  static const std::vector<std::string> all = {
      "node17",      "node17.cluster.example.com", "cluster.example.com", "alice",
      "bob.jones",   "secretproject",              "1654922006536",       "00000000-1111-2222-3333-444444444444",
      "8a1b2c3d",    "10.20.30.40",                "fe80::42:1",          "02:42:ac:11:00:02",
      "7e01c2d3f4a5", "hunter2",                   "carol",               "dave"};
  return all;
}

const char* const planted =
    " /home/alice/secretproject/data.json node17 (node17.cluster.example.com) bob.jones@mail.example.com "
    "10.20.30.40 [fe80::42:1] 02:42:ac:11:00:02 7e01c2d3f4a5 "
    "7e01c2d3f4a5aa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945 serial: 1654922006536 "
    "GPU-00000000-1111-2222-3333-444444444444 device=GPU-8a1b2c3d API_TOKEN=hunter2 "
    "'/srv/secretproject/of alice' https://carol:hunter2@git.example.com/secretproject ~dave/x "
    "ssh://alice@node17/ hostname=node17 alice";

/// Appends the secrets to every string but those that are one of a few words, and to the keys of maps.
void plant(nlohmann::json& json, const std::string& field) {
  if (json.is_string()) {
    if (field == "state" || field == "kind" || field == "format") return;
    json = json.get<std::string>() + planted;
  } else if (json.is_array()) {
    for (nlohmann::json& element : json) plant(element, field);
  } else if (json.is_object()) {
    for (auto& [key, member] : json.items()) plant(member, key);
    const bool map = field == "environment" || field == "telemetry" || field == "label" || field == "mode_reasons";
    if (map) json[std::string("key") + planted] = planted;
  }
}

cuparity::Run planted_run(const cuparity::Run& run) {
  nlohmann::json json = header_to_json(run);
  json["trials"] = nlohmann::json::array();
  for (const Trial& trial : run.trials) json["trials"].push_back(to_json(trial));
  plant(json, "");
  return run_from_json(json);
}

std::string everything_of(const cuparity::Run& run) {
  const Analysis analysis = analyse(run);
  return to_json(run, analysis).dump() + render_markdown(run, analysis) + render_html(run, analysis) +
         render_csv(run, analysis) + render_junit(run, analysis) + render_terminal(run, analysis, false);
}

TEST(Redactor, NoSecretSurvivesInAnyFieldOfARun) {
  const cuparity::Run original = planted_run(example_run().run);
  const std::string before = everything_of(original);
  Pseudonyms pseudonyms;
  Redactor redactor(pseudonyms);
  const cuparity::Run run = redactor.redact(original);
  const std::string after = everything_of(run);
  for (const std::string& secret : secrets()) {
    EXPECT_THAT(before, HasSubstr(secret)) << "the test plants it";
    const std::size_t at = after.find(secret);
    EXPECT_EQ(at, std::string::npos) << secret << " survives in: "
                                     << (at == std::string::npos ? "" : after.substr(at < 80 ? 0 : at - 80, 200));
  }
}

TEST(Redactor, WhatWasMeasuredSurvives) {
  const cuparity::Run original = example_run().run;
  Pseudonyms pseudonyms;
  const cuparity::Run run = Redactor(pseudonyms).redact(original);
  EXPECT_EQ(run.modes, original.modes);
  EXPECT_EQ(run.image_digest, original.image_digest);
  EXPECT_EQ(run.started_at, original.started_at);
  ASSERT_EQ(run.trials.size(), original.trials.size());
  for (std::size_t i = 0; i < run.trials.size(); ++i) {
    EXPECT_EQ(to_json(run.trials[i])["rows"], to_json(original.trials[i])["rows"]);
  }
  EXPECT_EQ(run.trials[0].environment.at("gpu_uuid"), "gpu-1");
  EXPECT_EQ(run.trials[0].environment.at("gpu_name"), "NVIDIA H200");
  const Analysis before = analyse(original), after = analyse(run);
  EXPECT_EQ(after.sentence, before.sentence);
  EXPECT_EQ(to_json(run, after)["analysis"], to_json(original, before)["analysis"]);
}

TEST(Redactor, TwiceChangesNothingMore) {
  Pseudonyms pseudonyms;
  const cuparity::Run once = Redactor(pseudonyms).redact(planted_run(example_run().run));
  const cuparity::Run twice = Redactor(pseudonyms).redact(once);
  EXPECT_EQ(to_json(twice, {}), to_json(once, {}));
}

TEST(Redactor, HostileRunsEndAndStayText) {
  const auto start = std::chrono::steady_clock::now();
  Pseudonyms pseudonyms;
  const cuparity::Run run = Redactor(pseudonyms).redact(hostile_run().run);
  EXPECT_EQ(run.trials.size(), hostile_run().run.trials.size());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

}  // namespace
}  // namespace cuparity
