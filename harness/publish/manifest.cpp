#include "harness/publish/manifest.hpp"

#include <algorithm>

#include "environment/text_file.hpp"
#include "harness/digest.hpp"
#include "harness/errors.hpp"
#include "harness/record/json_fields.hpp"
#include "harness/redact/one_way_digest.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json body_of(const Manifest& manifest) {
  return {{"given", manifest.given},       {"published", manifest.published},
          {"devices", manifest.devices},   {"id", manifest.outline.id},
          {"files", manifest.files},       {"started_at", valid_utf8(manifest.outline.started_at)},
          {"trials", manifest.outline.trials}};
}

Manifest manifest_from(const JsonFields& fields) {
  Manifest manifest;
  manifest.given = fields.get<std::string>("given");
  manifest.published = fields.get<std::string>("published");
  manifest.devices = fields.get<std::vector<std::string>>("devices");
  manifest.outline = {fields.get<std::string>("id"), fields.get<std::string>("started_at"),
                      fields.get<std::uint64_t>("trials")};
  manifest.files = fields.get<std::map<std::string, std::string>>("files");
  return manifest;
}

}  // namespace

const std::string& program_digest() {
  static const std::optional<std::string> program = environment::read_text_file("/proc/self/exe");
  static const std::string digest = program ? digest_of(*program) : "";
  return digest;
}

Fingerprints::Fingerprints(const Recipe& recipe) {
  if (recipe.key.empty() || recipe.program.empty()) return;
  // As JSON, so that no two recipes are the same text. Hidden words may hold any bytes.
  json hidden = json::array();
  for (const std::string& word : recipe.hidden) hidden.push_back(digest_of(word));
  std::sort(hidden.begin(), hidden.end());
  recipe_ = one_way_digest(json({recipe.key, recipe.program, recipe.redact, hidden}).dump());
}

std::string Fingerprints::of(const std::string& text) const { return one_way_digest(recipe_ + ' ' + text); }

std::string manifest_text(const Manifest& manifest, const Fingerprints& fingerprints) {
  const json body = body_of(manifest);
  return json({{"manifest", body}, {"seal", fingerprints.of(body.dump())}}).dump(1) + "\n";
}

std::optional<Manifest> read_manifest(const fs::path& path, const Fingerprints& fingerprints) {
  const std::optional<std::string> text = environment::read_text_file(path);
  if (!text || !fingerprints.usable()) return std::nullopt;
  try {
    const json document = parse_json_text(*text, path.string());
    const JsonFields fields(document, "");
    const json& body = fields.required("manifest");
    if (fields.get<std::string>("seal") != fingerprints.of(body.dump())) return std::nullopt;
    return manifest_from(JsonFields(body, "manifest"));
  } catch (const UsageError&) {
    return std::nullopt;
  }
}

bool has_files_of(const fs::path& folder, const Manifest& manifest) {
  return !manifest.files.empty() &&
         std::all_of(manifest.files.begin(), manifest.files.end(), [&](const auto& file) {
           const std::optional<std::string> text = environment::read_text_file(folder / file.first);
           return text && digest_of(*text) == file.second;
         });
}

}  // namespace cuparity
