// Runs with secrets at random places, published: none is in any file of the site.
#include <gtest/gtest.h>
#include <unistd.h>

#include <set>
#include <sstream>

#include "harness/publish/example_site.hpp"
#include "harness/publish/publish.hpp"
#include "harness/redact/random_secrets.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

/// Places of the document where any text may stand.
void collect_texts(nlohmann::json& json, const std::string& field, std::vector<nlohmann::json*>& places) {
  static const std::set<std::string> one_of_a_few = {"state", "kind", "format"};
  if (json.is_string() && !one_of_a_few.contains(field)) places.push_back(&json);
  if (!json.is_structured()) return;
  for (auto& [key, member] : json.items()) collect_texts(member, json.is_array() ? field : key, places);
}

/// Puts texts with secrets behind `count` texts of the run, and says which secrets.
cuparity::Run planted_run(int day, int count, RandomSecrets& random, std::vector<std::string>& secrets) {
  cuparity::Run run = example_run_of_day(day);
  run.trials.resize(9);
  nlohmann::json json = header_to_json(run);
  json["trials"] = nlohmann::json::array();
  for (const Trial& trial : run.trials) json["trials"].push_back(to_json(trial));
  std::vector<nlohmann::json*> places;
  collect_texts(json, "", places);
  for (int i = 0; i < count; ++i) {
    nlohmann::json& place = *places[random.below(places.size())];
    const PlantedText planted = random.text();
    place = place.get<std::string>() + " " + planted.text;
    secrets.insert(secrets.end(), planted.secrets.begin(), planted.secrets.end());
  }
  return run_from_json(json);
}

TEST(PublishRedaction, NoSecretOfManyRunsIsInAnyFile) {
  const fs::path folder = fs::temp_directory_path() / ("cuparity-redaction-" + std::to_string(getpid()));
  std::vector<std::string> secrets;
  RandomSecrets random(20260301);
  PublishOptions options;
  for (int day = 0; day < 12; ++day)
    options.runs.push_back(write_run(folder / "in" / std::to_string(day), planted_run(day, 100, random, secrets)));
  ASSERT_GT(secrets.size(), 2000U);
  options.out = folder / "site";
  publish(options);
  std::set<std::string> endings;
  for (const auto& entry : fs::recursive_directory_iterator(options.out)) {
    if (!entry.is_regular_file() || entry.path().filename() == "chart.js") continue;
    endings.insert(entry.path().extension().string());
    std::ostringstream stream;
    stream << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    const std::string text = entry.path().string().substr(options.out.string().size()) + "\n" + stream.str();
    for (const std::string& secret : secrets) {
      const std::size_t at = text.find(secret);
      EXPECT_EQ(at, std::string::npos) << secret << " is in " << entry.path().filename() << ": "
                                       << (at == std::string::npos ? "" : text.substr(at < 90 ? 0 : at - 90, 200));
    }
    if (testing::Test::HasFailure()) break;
  }
  for (const char* ending : {".html", ".json", ".csv", ".xml", ".md"}) EXPECT_TRUE(endings.contains(ending)) << ending;
  fs::remove_all(folder);
}

}  // namespace
}  // namespace cuparity
