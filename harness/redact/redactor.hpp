// Takes out of a run what identifies a machine or a person, and leaves what was measured.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/record/run.hpp"
#include "harness/redact/engine_flags.hpp"
#include "harness/redact/fields.hpp"
#include "harness/redact/patterns.hpp"
#include "harness/redact/pseudonyms.hpp"

namespace cuparity {

/// Host, user, container, volume and network names, absolute paths (file names stay), serial numbers, UUIDs (as
/// pseudonyms), IP and MAC addresses, container ids, URLs, tokens and secrets in variables. Found by their form
/// (patterns.hpp), by the name of their field (fields.hpp, assignments.hpp), by the engine's flag in front of them
/// (engine_flags.hpp), and as words: a host or user found once is taken out wherever it is mentioned. Redacting twice
/// changes nothing more.
class Redactor {
 public:
  /// `words` are taken out wherever they stand alone, e.g. names of this machine and its users.
  explicit Redactor(Pseudonyms& pseudonyms, const std::vector<std::string>& words = {});

  /// Remembers the hosts, users and serial numbers that the document names.
  void learn(const nlohmann::json& json);
  /// Every string and every key of the document, whatever its schema.
  nlohmann::json redact_json(const nlohmann::json& json);
  /// Learns from the run and redacts it. Distinct modes and benchmarks stay distinct.
  Run redact(const Run& run);
  /// The same of a run as load_run_document() gives it; what was derived from it is left out.
  nlohmann::json redact_run(nlohmann::json run);

 private:
  void learn_text(const std::string& text, const std::string& field);
  void learn_homes(std::string_view text);
  void learn_parts(const std::vector<FlaggedPart>& parts, std::string_view text);
  void learn_value(FieldKind kind, std::string_view value);
  void learn_word(std::string_view word, const std::string& replacement);
  void redact_in_place(nlohmann::json& json, const std::string& field);
  void redact_elements(nlohmann::json& array, const std::string& field);
  void redact_members(nlohmann::json& object, const std::string& field);
  const std::string& redacted(const std::string& text, const std::string& field);
  std::string redact_text(const std::string& text, const std::string& field);
  std::string redact_characters(std::string_view text, const TextContext& context,
                                const std::vector<FlaggedPart>& parts);
  std::string replacement_of(const Match& match, std::string_view text);
  std::size_t word_at(std::string_view text, std::size_t at, std::string& replacement) const;
  std::string distinct_name(const std::string& original, const std::string& redacted);

  /// Texts and what they became.
  using Texts = std::unordered_map<std::string, std::string>;

  Pseudonyms* pseudonyms_;
  std::map<std::string, std::string> words_;  ///< lower case -> replacement
  std::set<std::size_t, std::greater<>> word_lengths_;
  std::unordered_map<std::string, Texts> seen_;  ///< by field: the same few texts come in every trial
  std::map<std::string, std::string> names_;           ///< modes and benchmarks: redacted -> original
};

}  // namespace cuparity
