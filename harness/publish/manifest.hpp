// runs/ID/manifest.json: what the pages of a run were made from, so that they are left alone while that is the same.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/publish/run_source.hpp"

namespace cuparity {

inline constexpr const char* manifest_file = "manifest.json";

/// Everything but the run that decides what its pages hold.
struct Recipe {
  std::string key;      ///< publisher_key(); empty: nothing can be recognised, and no manifest is written
  std::string program;  ///< digest of the program
  bool redact = true;
  std::vector<std::string> hidden;  ///< words taken out
};

/// digest_of this program's file, empty where it can't be read: another build may render other pages, whatever version it says it is.
const std::string& program_digest();

/// One-way digests under a recipe. They depend on the key, so that nobody can try out host names and paths until the
/// digest of a published file comes out.
class Fingerprints {
 public:
  explicit Fingerprints(const Recipe& recipe);

  /// False without a key.
  bool usable() const { return !recipe_.empty(); }
  std::string of(const std::string& text) const;

 private:
  std::string recipe_;
};

struct Manifest {
  std::string given;      ///< Fingerprints::of the digest of the file that the pages were made from
  std::string published;  ///< the same of runs/ID/run.json, which gives the same pages
  std::vector<std::string> devices;  ///< the names of RunSource::devices of the given file; empty unless redacted
  RunOutline outline;
  std::map<std::string, std::string> files;  ///< of runs/ID: name -> digest_of what it holds
};

/// Short and apart from summary.json, as another build changes every manifest of a site that is kept in Git.
std::string manifest_text(const Manifest& manifest, const Fingerprints& fingerprints);

/// Nothing where there is none, where it is damaged, and where it was written under another recipe.
std::optional<Manifest> read_manifest(const std::filesystem::path& path, const Fingerprints& fingerprints);

/// Whether each file that the manifest names is in the folder and holds what it did.
bool has_files_of(const std::filesystem::path& folder, const Manifest& manifest);

}  // namespace cuparity
