// For tests: what a text becomes as the only value of a document.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "harness/redact/redactor.hpp"

namespace cuparity {

inline nlohmann::json redacted_document(const nlohmann::json& json, Pseudonyms& pseudonyms) {
  Redactor redactor(pseudonyms);
  redactor.learn(json);
  return redactor.redact_json(json);
}

/// Expects that redacting it again changes nothing more.
inline std::string redacted_text(const std::string& text, const std::string& field = "note") {
  Pseudonyms pseudonyms;
  const nlohmann::json once = redacted_document({{field, text}}, pseudonyms);
  EXPECT_EQ(redacted_document(once, pseudonyms), once);
  return once.begin()->get<std::string>();
}

}  // namespace cuparity
