#include "harness/publish/publish.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/property_tree/xml_parser.hpp>
#include <map>
#include <set>
#include <sstream>

#include "harness/errors.hpp"
#include "harness/publish/example_site.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class Publish : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("cuparity-publish-" + std::to_string(getpid()));
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path run_of_day(int day) {
    return write_run(folder_ / "runs" / std::to_string(day), example_run_of_day(day));
  }
  PublishOptions options_for(const std::string& site, const std::vector<fs::path>& runs) const {
    PublishOptions options;
    options.runs = runs;
    options.out = folder_ / site;
    options.hidden = {"apollo"};
    options.key = "a secret of the tests";
    return options;
  }
  PublishResult publish_to(const std::string& site, const std::vector<fs::path>& runs) const {
    return publish(options_for(site, runs));
  }
  /// Every file of a site and what it holds.
  std::map<std::string, std::string> files(const std::string& site) const {
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / site)) {
      if (!entry.is_regular_file()) continue;
      found[fs::relative(entry.path(), folder_ / site).string()] = read(entry.path());
    }
    return found;
  }

  fs::path folder_;
};

/// Every href and src of the page that leads into the site.
std::vector<std::string> links_of(const std::string& html) {
  std::vector<std::string> links;
  for (const std::string attribute : {"href=\"", "src=\""}) {
    for (std::size_t at = 0; (at = html.find(attribute, at)) != std::string::npos;) {
      at += attribute.size();
      const std::string link = html.substr(at, html.find('"', at) - at);
      if (!link.starts_with("data:") && !link.starts_with("#")) links.push_back(link.substr(0, link.find('#')));
    }
  }
  return links;
}

TEST_F(Publish, EveryLinkLeadsToAFileOfTheSite) {
  std::vector<fs::path> runs;
  for (int day = 0; day < 6; ++day) runs.push_back(run_of_day(day));
  const PublishResult result = publish_to("site", runs);
  EXPECT_EQ(result.runs, 6U);
  EXPECT_EQ(result.new_runs, 6U);
  std::size_t links = 0;
  for (const auto& [name, text] : files("site")) {
    if (!name.ends_with(".html") && !name.ends_with(".xml")) continue;
    if (name.ends_with("junit.xml")) continue;
    for (const std::string& link : links_of(text)) {
      if (link == "http://www.w3.org/2005/Atom") continue;
      EXPECT_FALSE(link.starts_with("/") || link.find("://") != std::string::npos) << name << ": " << link;
      EXPECT_TRUE(fs::exists((folder_ / "site" / name).parent_path() / link)) << name << ": " << link;
      ++links;
    }
  }
  EXPECT_GT(links, 100U);
}

TEST_F(Publish, TheSameRunsGiveTheSameBytes) {
  const std::vector<fs::path> runs = {run_of_day(0), run_of_day(4), run_of_day(2)};
  publish_to("site", runs);
  const auto first = files("site");
  const auto written = fs::last_write_time(folder_ / "site/index.html");
  EXPECT_EQ(publish_to("site", runs).new_runs, 0U);
  EXPECT_EQ(files("site"), first);
  EXPECT_EQ(fs::last_write_time(folder_ / "site/index.html"), written) << "a file that is right is left alone";
  publish_to("other", {runs[2], runs[0], runs[1]});
  EXPECT_EQ(files("other"), first) << "the order does not matter";
}

TEST_F(Publish, NewRunsAreAddedAndTheOldOnesStay) {
  publish_to("site", {run_of_day(0), run_of_day(4)});
  const PublishResult result = publish_to("site", {run_of_day(9)});
  EXPECT_EQ(result.runs, 3U);
  EXPECT_EQ(result.new_runs, 1U);
  publish_to("at once", {run_of_day(0), run_of_day(4), run_of_day(9)});
  EXPECT_EQ(files("site"), files("at once")) << "the devices keep their names";
}

TEST_F(Publish, AFolderOfRunsIsAllOfThem) {
  run_of_day(0);
  run_of_day(1);
  EXPECT_EQ(publish_to("site", {folder_ / "runs"}).runs, 2U);
}

TEST_F(Publish, TheMoreCompleteOfTwoCopiesIsTaken) {
  cuparity::Run interrupted = example_run_of_day(0);
  interrupted.trials.resize(20);
  interrupted.finished_at.clear();
  publish_to("site", {write_run(folder_ / "interrupted", interrupted)});
  EXPECT_THAT(files("site").at("index.html"), HasSubstr("interrupted"));
  EXPECT_EQ(publish_to("site", {run_of_day(0)}).runs, 1U);
  EXPECT_THAT(files("site").at("index.html"), Not(HasSubstr("interrupted")));
}

TEST_F(Publish, ARunThatIsDeletedIsGoneAfterwards) {
  cuparity::Run other = example_run_of_day(1);
  for (Trial& trial : other.trials) {
    for (Row& row : trial.rows) row.benchmark = "only/here/" + row.benchmark;
  }
  publish_to("site", {run_of_day(0), write_run(folder_ / "other", other)});
  std::string id;
  for (const auto& [name, text] : files("site")) {
    if (name.ends_with("run.json") && text.find("only/here") != std::string::npos) id = name.substr(0, name.rfind('/'));
  }
  std::ofstream(folder_ / "site/trends/mine.txt") << "not of the site";
  fs::remove_all(folder_ / "site" / id);
  EXPECT_EQ(publish_to("site", {}).runs, 1U);
  for (const auto& [name, text] : files("site")) EXPECT_THAT(text, Not(HasSubstr("only/here"))) << name;
  EXPECT_TRUE(fs::exists(folder_ / "site/trends/mine.txt"));
}

TEST_F(Publish, ARunThatIsTheSameIsNotRenderedAgain) {
  std::vector<fs::path> runs = {run_of_day(0), run_of_day(4)};
  EXPECT_EQ(publish_to("site", runs).rendered, 2U);
  const auto first = files("site");
  EXPECT_EQ(publish_to("site", runs).rendered, 0U);
  EXPECT_EQ(publish_to("site", {}).rendered, 0U) << "the site's own run.json gives the same pages";
  EXPECT_EQ(files("site"), first);
  runs.push_back(run_of_day(9));
  EXPECT_EQ(publish_to("site", runs).rendered, 1U);
  publish_to("at once", runs);
  EXPECT_EQ(files("site"), files("at once"));
}

TEST_F(Publish, ARunThatChangedIsRenderedAgain) {
  cuparity::Run run = example_run_of_day(0);
  publish_to("site", {write_run(folder_ / "run", run), run_of_day(4)});
  run.notes.push_back("the fans were loud");
  EXPECT_EQ(publish_to("site", {write_run(folder_ / "run", run), run_of_day(4)}).rendered, 1U);
  publish_to("new", {folder_ / "run", run_of_day(4)});
  EXPECT_EQ(files("site"), files("new"));
}

TEST_F(Publish, AnotherOptionRendersEveryRunAgain) {
  const std::vector<fs::path> runs = {run_of_day(0), run_of_day(4)};
  publish_to("site", runs);
  PublishOptions options = options_for("site", runs);
  options.hidden.push_back("9000");
  options.hidden.push_back("Example");
  EXPECT_EQ(publish(options).rendered, 2U) << "a word to hide";
  for (const auto& [name, text] : files("site")) {
    if (!name.ends_with("run.json")) continue;
    EXPECT_THAT(text, Not(HasSubstr("Example"))) << name;
  }
  EXPECT_EQ(publish(options).rendered, 0U);
  options.redact = false;
  EXPECT_EQ(publish(options).rendered, 2U) << "no redaction";
  EXPECT_THAT(files("site").at("index.html"), HasSubstr("GPU-00000000-1111-2222-3333-444444444444"));
  options.redact = true;
  EXPECT_EQ(publish(options).rendered, 2U) << "redaction";
  EXPECT_THAT(files("site").at("index.html"), Not(HasSubstr("GPU-00000000")));
  options.key = "somebody else's";
  EXPECT_EQ(publish(options).rendered, 2U) << "a manifest that another wrote";
  options.key.clear();
  EXPECT_EQ(publish(options).rendered, 2U) << "without a key nothing can be known again";
}

TEST_F(Publish, TitlesAndNewRunsOfOthersRenderNoRunAgain) {
  PublishOptions options = options_for("site", {run_of_day(0)});
  publish(options);
  options.title = "Another title";
  options.base_url = "https://example.org/";
  EXPECT_EQ(publish(options).rendered, 0U);
  EXPECT_THAT(files("site").at("index.html"), HasSubstr("Another title"));
}

TEST_F(Publish, DamagedManifestsAndPagesAreMadeAgain) {
  const std::vector<fs::path> runs = {run_of_day(0)};
  publish_to("site", runs);
  const auto right = files("site");
  for (const auto& [name, text] : right) {
    if (!name.starts_with("runs/")) continue;
    std::vector<std::string> damages = {"\n" + text};
    // A run of the site that can't be read is an error, as any other is.
    if (!name.ends_with("run.json")) damages = {"", text.substr(0, text.size() / 2), "{}" + text, "{}", "[1]", "\xFF\n"};
    for (const std::string& damaged : damages) {
      std::ofstream(folder_ / "site" / name, std::ios::binary) << damaged;
      EXPECT_EQ(publish_to("site", runs).rendered, 1U) << name << ": " << damaged.substr(0, 40);
      EXPECT_EQ(files("site"), right) << name;
    }
    fs::remove(folder_ / "site" / name);
    EXPECT_EQ(publish_to("site", runs).rendered, 1U) << name;
    EXPECT_EQ(files("site"), right) << name;
  }
}

TEST_F(Publish, AManifestThatWasChangedByHandIsNotBelieved) {
  publish_to("site", {run_of_day(0)});
  for (const auto& [name, text] : files("site")) {
    if (!name.ends_with("manifest.json")) continue;
    std::string changed = text;
    changed.replace(changed.find("2026"), 4, "2027");
    std::ofstream(folder_ / "site" / name) << changed;
  }
  EXPECT_EQ(publish_to("site", {}).rendered, 1U);
}

TEST_F(Publish, DevicesThatWereRenamedAreShownUnderTheirNewNames) {
  const std::vector<fs::path> runs = {run_of_day(0), run_of_day(4)};
  publish_to("site", {runs[1]});
  EXPECT_THAT(files("site").at("index.html"), HasSubstr("gpu-1"));
  fs::remove(folder_ / "site/pseudonyms.json");  // names are given anew, in the order of the runs
  EXPECT_EQ(publish_to("site", runs).rendered, 2U);
  publish_to("new", runs);
  EXPECT_EQ(files("site"), files("new"));
}

TEST_F(Publish, NothingThatIdentifiesIsInAnyFile) {
  cuparity::Run run = example_run_of_day(0);
  run.command.push_back("--out=/home/alice/apollo/results");
  run.notes = {"alice@node17.example.com asked", "10.20.30.40 was busy"};
  run.environment["host_name"] = "node17";
  run.trials[0].failure = "node17: /srv/apollo/x.log";
  publish_to("site", {write_run(folder_ / "run", run)});
  for (const auto& [name, text] : files("site")) {
    for (const char* secret : {"alice", "node17", "10.20.30.40", "GPU-0000", "444444444444", "apollo"}) {
      EXPECT_THAT(text, Not(HasSubstr(secret))) << name;
    }
  }
  EXPECT_THAT(files("site").at("index.html"), HasSubstr("NVIDIA H200 (gpu-1)"));
}

TEST_F(Publish, WithoutRedactionEverythingIsThere) {
  PublishOptions options;
  options.runs = {run_of_day(0)};
  options.out = folder_ / "site";
  options.redact = false;
  publish(options);
  EXPECT_THAT(files("site").at("index.html"), HasSubstr("GPU-00000000-1111-2222-3333-444444444444"));
  EXPECT_FALSE(fs::exists(options.out / "pseudonyms.json"));
}

TEST_F(Publish, HostileNamesAreText) {
  cuparity::Run hostile = hostile_run().run;
  hostile.started_at = "<script>alert(3)</script>/../../x";
  publish_to("site", {write_run(folder_ / "hostile", hostile), run_of_day(0)});
  for (const auto& [name, text] : files("site")) {
    if (name.ends_with(".md") || name.ends_with(".json") || name.ends_with(".csv")) continue;
    EXPECT_THAT(text, Not(HasSubstr("<script>alert"))) << name;
    EXPECT_THAT(text, Not(HasSubstr("<img"))) << name;
    EXPECT_THAT(text, Not(HasSubstr("\x1b"))) << name;
    EXPECT_THAT(text, Not(HasSubstr("\xE2\x80\xAE"))) << name;
  }
  for (const auto& entry : fs::directory_iterator(folder_ / "site/runs")) {
    EXPECT_EQ(entry.path().filename().string().find_first_not_of(
                  "0123456789abcdefghijklmnopqrstuvwxyzTZ-"),
              std::string::npos);
  }
}

TEST_F(Publish, WhatWasMeasuredDoesNotStandInTheSite) {
  const fs::path measured = run_of_day(0);  // runs/0
  const fs::path elsewhere = write_run(folder_ / "elsewhere", example_run_of_day(1));
  std::ofstream(measured / "journal.jsonl") << "\n";
  EXPECT_THROW(publish_to("runs/0", {measured}), UsageError);
  EXPECT_THROW(publish_to("runs/0", {elsewhere}), UsageError);
  EXPECT_THROW(publish_to("runs", {folder_ / "runs"}), UsageError);
  EXPECT_THROW(publish_to("", {folder_ / "runs"}), UsageError) << "not a site's runs, though its folder has that name";
  EXPECT_FALSE(fs::exists(folder_ / "runs/0/index.html"));
  EXPECT_EQ(publish_to("runs/0/site", {measured}).runs, 1U);
  EXPECT_EQ(publish_to("runs/0/site", {folder_ / "runs/0/site"}).runs, 1U) << "the site's own runs stay";
}

TEST_F(Publish, HowADamagedRunOfTheSiteIsTakenOutIsSaid) {
  const fs::path measured = write_run(folder_ / "in/1", example_run_of_day(1));
  publish_to("my site", {measured});
  const fs::path page = fs::directory_iterator(folder_ / "my site/runs")->path();
  std::ofstream(page / "run.json") << "{";
  try {
    publish_to("my site", {measured});
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("copy of that run is damaged: rm -r '" + page.string() + "', then publish"));
  }
  fs::remove_all(page);
  EXPECT_EQ(publish_to("my site", {measured}).runs, 1U);
}

TEST_F(Publish, TheIndexCountsTheWorstFirstAndKeepsModesApart) {
  cuparity::Run run = example_run_of_day(1);
  for (Trial& trial : run.trials) {
    if (trial.mode == run.modes[1]) trial.mode = "native, again";
  }
  run.modes[1] = "native, again";
  run.started_at = "2026-02-01T00:00:00Z";
  publish_to("site", {write_run(folder_ / "in/1", example_run_of_day(1)), write_run(folder_ / "in/2", run)});
  const std::string index = read(folder_ / "site/index.html");
  EXPECT_THAT(index, testing::ContainsRegex("class=\"v-[a-z]+\"><b>"));
  EXPECT_THAT(index, HasSubstr("native, again"));
}

TEST_F(Publish, WhatIsNoRunIsOneClearLine) {
  fs::create_directories(folder_ / "empty");
  EXPECT_THROW(publish_to("site", {}), UsageError);
  EXPECT_THROW(publish_to("site", {folder_ / "empty"}), UsageError);
  EXPECT_THROW(publish_to("site", {folder_ / "missing"}), UsageError);
  std::ofstream(folder_ / "broken.json") << "{\"format\": \"cuparity-run\", ";
  try {
    publish_to("site", {folder_ / "broken.json"});
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("broken.json"));
  }
  EXPECT_FALSE(fs::exists(folder_ / "site")) << "nothing is written before every run could be read";
}

}  // namespace
}  // namespace cuparity
