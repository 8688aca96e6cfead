// Properties of redaction, on thousands of texts made from a fixed seed.
#include <gtest/gtest.h>

#include "harness/redact/characters.hpp"
#include "harness/redact/random_secrets.hpp"
#include "harness/redact/redactor.hpp"

namespace cuparity {
namespace {

constexpr unsigned cases = 5000;

/// As one document whose only value is the text.
std::string redacted(const std::string& text, Pseudonyms& pseudonyms) {
  Redactor redactor(pseudonyms);
  const nlohmann::json json = {{"note", text}};
  redactor.learn(json);
  return redactor.redact_json(json)["note"].get<std::string>();
}

TEST(RedactionProperty, NothingSecretSurvivesAndNothingOrdinaryIsLost) {
  for (unsigned seed = 0; seed < cases; ++seed) {
    const PlantedText planted = RandomSecrets(seed).text();
    Pseudonyms pseudonyms;
    const std::string after = redacted(planted.text, pseudonyms);
    for (const std::string& secret : planted.secrets) {
      EXPECT_EQ(lower(after).find(lower(secret)), std::string::npos)
          << "seed " << seed << ": " << secret << " of\n" << planted.text << "\nsurvives in\n" << after;
    }
    for (const std::string& word : planted.ordinary) {
      EXPECT_NE(after.find(word), std::string::npos)
          << "seed " << seed << ": " << word << " of\n" << planted.text << "\nis lost in\n" << after;
    }
    if (testing::Test::HasFailure()) break;
  }
}

TEST(RedactionProperty, TwiceChangesNothingMore) {
  for (unsigned seed = 0; seed < cases; ++seed) {
    Pseudonyms pseudonyms;
    const std::string once = redacted(RandomSecrets(seed).text().text, pseudonyms);
    ASSERT_EQ(redacted(once, pseudonyms), once) << "seed " << seed;
  }
}

TEST(RedactionProperty, ADeviceHasOneNameWhereverItStands) {
  for (unsigned seed = 0; seed < cases; ++seed) {
    RandomSecrets random(seed);
    const std::string first = "GPU-" + random.uuid();
    const std::string second = "GPU-" + random.uuid();
    const std::string begin = random.text().text;
    const std::string middle = random.text().text;
    Pseudonyms pseudonyms;
    Redactor redactor(pseudonyms);
    // As a text of its own, inside of others, in another case, cut short, and as a key.
    const nlohmann::json json = {{"a", first},
                                 {"b", begin + " " + first + " " + middle + " " + second},
                                 {"c", "device=" + first.substr(0, 12)},
                                 {second, "x"}};
    redactor.learn(json);
    const nlohmann::json after = redactor.redact_json(json);
    const std::string name = after["a"].get<std::string>();
    EXPECT_TRUE(name.starts_with("gpu-")) << name;
    const std::string text = after["b"].get<std::string>();
    EXPECT_NE(text.find(" " + name + " "), std::string::npos) << text;
    EXPECT_EQ(after["c"], "device=" + name);
    const std::string other = text.substr(text.rfind(' ') + 1);
    EXPECT_NE(other, name);
    EXPECT_TRUE(after.contains(other)) << after.dump();
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
}

TEST(RedactionProperty, AUserOrHostKnownFromOneFieldIsGoneEverywhere) {
  for (unsigned seed = 0; seed < cases; ++seed) {
    RandomSecrets random(seed);
    const std::string user = "u" + random.letters(6), host = "n" + random.letters(6), serial = random.digits(12);
    const std::string before = random.text().text, after = random.text().text;
    Pseudonyms pseudonyms;
    Redactor redactor(pseudonyms);
    const nlohmann::json json = {{"user_name", user},
                                 {"host_name", host + ".cluster"},
                                 {"board_serial", serial},
                                 {"note", before + " " + user + " on " + host + " with " + serial + " " + after}};
    redactor.learn(json);
    const std::string text = redactor.redact_json(json).dump();
    for (const std::string& secret : {user, host, serial})
      ASSERT_EQ(text.find(secret), std::string::npos) << "seed " << seed << ": " << secret << " in " << text;
  }
}

TEST(RedactionProperty, OrdinaryTextIsLeftAlone) {
  for (unsigned seed = 0; seed < cases; ++seed) {
    RandomSecrets random(seed);
    std::string text;
    for (int i = 0; i < 4; ++i) {
      for (const std::string& word : random.text().ordinary) text += (text.empty() ? "" : " ") + word;
    }
    Pseudonyms pseudonyms;
    ASSERT_EQ(redacted(text, pseudonyms), text) << "seed " << seed;
  }
}

}  // namespace
}  // namespace cuparity
