#include "harness/doctor/record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "harness/doctor/checks/example_probe.hpp"
#include "harness/doctor/diagnose.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::Not;

class Record : public testing::Test {
 protected:
  ~Record() override { std::filesystem::remove(file_); }
  std::string file_ = testing::TempDir() + "cuparity-record-" + std::to_string(getpid()) + ".json";
};

TEST_F(Record, IsDiagnosedElsewhereAsHere) {
  Probe probe = inside_container();
  probe.inside.variables["LD_LIBRARY_PATH"] = "/usr/local/cuda/lib64/stubs";
  probe.driver.libraries[0].version = "535.1.2";
  write_record(probe, file_);
  const auto ids = [](const Probe& each) {
    std::vector<std::string> list;
    for (const Finding& finding : diagnose(each).findings) list.push_back(finding.id);
    return list;
  };
  EXPECT_EQ(ids(read_record(file_)), ids(probe));
  EXPECT_THAT(ids(probe), testing::Contains("stub-libcuda"));
}

TEST_F(Record, HasNoNamesAddressesOrSecrets) {
  Probe probe = healthy_host();
  char host[256] = {};
  gethostname(host, sizeof host - 1);
  probe.nvml.gpus[0].uuid = "GPU-11112222-3333-4444-5555-666677778888";
  probe.inside.variables["LD_LIBRARY_PATH"] = "/home/alice/cuda/lib64";
  probe.inside.variables["NVIDIA_API_KEY"] = "nvapi-abcdef";
  probe.engines[0].failure = std::string("dial tcp 10.1.2.3:2376 from ") + host + " as bob@example.org";
  const std::string text = record_of(probe).dump();
  for (const char* secret : {"11112222", "alice", "nvapi-abcdef", "10.1.2.3", "bob@"})
    EXPECT_THAT(text, Not(HasSubstr(secret)));
  if (std::string(host).size() > 3) {
    EXPECT_THAT(record_of(probe)["engines"][0]["failure"].dump(), Not(HasSubstr(host)));
  }
  EXPECT_THAT(text, HasSubstr("/home/[user]/cuda/lib64"));
  EXPECT_THAT(text, HasSubstr("580.159.04"));
  EXPECT_THAT(text, HasSubstr("/usr/lib/x86_64-linux-gnu/libcuda.so.580.159.04"));
}

TEST_F(Record, BadFilesAreOneClearLine) {
  EXPECT_THAT([] { read_record("/no/such/file.json"); },
              testing::ThrowsMessage<UsageError>("/no/such/file.json: no such file"));
  std::ofstream(file_) << R"({"driver": {}, "inside": {}, "nvml": {"driver_version": 1}})";
  EXPECT_THAT([&] { read_record(file_); },
              testing::ThrowsMessage<UsageError>(file_ + ": this probe can't be read: its 'nvml.driver_version' is not "
                                                         "what cuparity doctor writes: expected string, found number"));
  for (const char* text : {"", "{", "[]", "{\"driver\": 1}", "{\"driver\": 1, \"inside\": []}", "\x01\x02",
                           "{\"schema_version\": 99, \"driver\": {}, \"inside\": {}}"}) {
    std::ofstream(file_) << text;
    try {
      read_record(file_);
      ADD_FAILURE() << text;
    } catch (const UsageError& error) {
      EXPECT_THAT(error.what(), HasSubstr(file_));
      EXPECT_THAT(error.what(), Not(HasSubstr("\n")));
    }
  }
  EXPECT_THROW(write_record(Probe{}, "/no/such/folder/file.json"), EnvironmentError);
}

}  // namespace
}  // namespace cuparity
