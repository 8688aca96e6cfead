#include "harness/publish/manifest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <limits>

#include "harness/digest.hpp"
#include "harness/publish/example_site.hpp"
#include "harness/publish/publisher_key.hpp"
#include "harness/publish/run_summary_json.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

TEST(Fingerprints, DependOnEverythingThatPagesDependOn) {
  const Recipe recipe = {"key", "program", true, {"a", "b"}};
  const std::string digest = Fingerprints(recipe).of("run");
  EXPECT_EQ(Fingerprints(recipe).of("run"), digest);
  EXPECT_EQ(Fingerprints({"key", "program", true, {"b", "a"}}).of("run"), digest) << "the order of words does not matter";
  EXPECT_NE(Fingerprints(recipe).of("another run"), digest);
  for (const Recipe& other : {Recipe{"other", "program", true, {"a", "b"}}, Recipe{"key", "newer program", true, {"a", "b"}},
                              Recipe{"key", "program", false, {"a", "b"}}, Recipe{"key", "program", true, {"a"}},
                              Recipe{"key", "program", true, {"ab"}}}) {
    EXPECT_NE(Fingerprints(other).of("run"), digest);
  }
  EXPECT_FALSE(Fingerprints({"", "program", true, {}}).usable());
}

TEST(Fingerprints, ThisProgramHasADigest) {
  EXPECT_EQ(program_digest().size(), 16U);
  EXPECT_NE(program_digest(), digest_of("")) << "the program's file could be read";
}

RunSummary example_summary() {
  const cuparity::Run run = example_run_of_day(3);
  return summarise(run, analyse(run), "an id");
}

TEST(Manifest, ReadsWhatItWrote) {
  const fs::path path = fs::temp_directory_path() / ("cuparity-manifest-" + std::to_string(getpid()));
  const Fingerprints fingerprints({"key", "program", true, {}});
  const Manifest manifest = {"given", "published", {"gpu-1", "gpu-2"}, {"an id", "a time", 57}, {{"index.html", "0123"}}};
  const std::string text = manifest_text(manifest, fingerprints);
  std::ofstream(path) << text;
  const std::optional<Manifest> read = read_manifest(path, fingerprints);
  ASSERT_TRUE(read);
  EXPECT_EQ(manifest_text(*read, fingerprints), text);
  EXPECT_EQ(read->devices, manifest.devices);
  EXPECT_EQ(read->outline.trials, 57U);
  EXPECT_FALSE(read_manifest(path, Fingerprints({"key", "newer program", true, {}}))) << "of another version";
  std::ofstream(path) << std::string(text).replace(text.find("0123"), 4, "4567");
  EXPECT_FALSE(read_manifest(path, fingerprints)) << "changed by hand";
  std::ofstream(path) << "{\"manifest\": " << std::string(2'000'000, '[') << std::string(2'000'000, ']') << ", \"seal\": \"\"}";
  EXPECT_FALSE(read_manifest(path, fingerprints)) << "nested too deep for any";
  fs::remove(path);
  EXPECT_FALSE(read_manifest(path, fingerprints));
}

TEST(RunSummaryJson, GivesTheSameSummary) {
  RunSummary summary = example_summary();
  summary.measured[0].seconds = {0.1, 1.0 / 3, 4.9e-324, 1.7976931348623157e308};
  summary.measured[0].flops = std::numeric_limits<double>::infinity();
  const RunSummary read = run_summary_from_json(nlohmann::json::parse(to_json(summary).dump()));
  EXPECT_EQ(to_json(read), to_json(summary));
  EXPECT_EQ(read.facts, summary.facts);
  EXPECT_EQ(read.measured[0].seconds, summary.measured[0].seconds);
  EXPECT_EQ(read.measured[0].flops, summary.measured[0].flops);
  EXPECT_EQ(read.measured[0].verdict, std::nullopt);
  EXPECT_EQ(read.measured.back().verdict, summary.measured.back().verdict);
}

TEST(PublisherKey, IsMadeOnceAndForItsOwnerAlone) {
  const fs::path folder = fs::temp_directory_path() / ("cuparity-key-" + std::to_string(getpid()));
  fs::remove_all(folder);
  const char* before = std::getenv("XDG_CACHE_HOME");
  const std::string kept = before ? before : "";
  setenv("XDG_CACHE_HOME", folder.c_str(), 1);
  const std::string key = publisher_key();
  EXPECT_EQ(key.size(), 36U);
  EXPECT_EQ(publisher_key(), key);
  const fs::path file = folder / "cuparity/publish-key";
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(std::distance(fs::directory_iterator(file.parent_path()), fs::directory_iterator()), 1) << "nothing else";
  std::ofstream(file) << "cut short";
  EXPECT_EQ(publisher_key().size(), 36U);
  EXPECT_NE(publisher_key(), key);
  setenv("XDG_CACHE_HOME", "/dev/null", 1);
  EXPECT_EQ(publisher_key(), "") << "no place for it: nothing fails";
  if (before) setenv("XDG_CACHE_HOME", kept.c_str(), 1);
  else unsetenv("XDG_CACHE_HOME");
  fs::remove_all(folder);
}

}  // namespace
}  // namespace cuparity
