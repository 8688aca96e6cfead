// Typed access to the members of a JSON object; every error names the member and what was found instead.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace cuparity {

/// "NaN", "Infinity" and "-Infinity" as strings, since JSON has no such numbers.
nlohmann::json number_to_json(double value);
/// The same for each, as an array.
nlohmann::json numbers_to_json(const std::vector<double>& values);

/// Bytes that are not UTF-8 (output of a process, say) replaced, so that the text can be written as JSON.
std::string valid_utf8(const std::string& text);

/// Levels of arrays and objects; what walks a document calls itself a level.
constexpr int deepest_nesting = 512;

/// The file as JSON. Also takes the bare NaN, Infinity and -Infinity that Google Benchmark writes, as
/// strings. Throws UsageError naming the file and the place of the first error, which nesting of more levels than that is.
nlohmann::json read_json_file(const std::filesystem::path& path);
/// The same for a text; `origin` begins the error message.
nlohmann::json parse_json_text(const std::string& text, const std::string& origin);

/// Conversions throw UsageError "`path`: expected …, found …".
void from_json_value(const nlohmann::json& json, const std::string& path, std::string& value);
void from_json_value(const nlohmann::json& json, const std::string& path, bool& value);
void from_json_value(const nlohmann::json& json, const std::string& path, int& value);
void from_json_value(const nlohmann::json& json, const std::string& path, std::uint64_t& value);
void from_json_value(const nlohmann::json& json, const std::string& path, double& value);

/// Every pattern is matched against it, by recursion for each character.
constexpr std::size_t longest_benchmark_name = 4096;
/// Throws UsageError where it is longer; `path` is where it stands.
void require_benchmark_name(const std::string& name, const std::string& path);

/// Throws UsageError unless `json` is an array or an object.
void require_array(const nlohmann::json& json, const std::string& path);
void require_object(const nlohmann::json& json, const std::string& path);

template <typename T>
void from_json_value(const nlohmann::json& json, const std::string& path, std::vector<T>& value) {
  require_array(json, path);
  value.clear();
  for (std::size_t i = 0; i < json.size(); ++i) {
    T element{};
    from_json_value(json[i], path + "[" + std::to_string(i) + "]", element);
    value.push_back(std::move(element));
  }
}

template <typename T>
void from_json_value(const nlohmann::json& json, const std::string& path, std::map<std::string, T>& value) {
  require_object(json, path);
  value.clear();
  for (const auto& [key, member] : json.items()) {
    from_json_value(member, path + "." + key, value[key]);
  }
}

/// The members of one object. `path` is where it stands in the document, e.g. "trials[3]"; "" for the whole.
class JsonFields {
 public:
  /// Throws UsageError if `json`, which must outlive this, is not an object.
  JsonFields(const nlohmann::json& json, std::string path);

  bool has(const std::string& name) const;
  const nlohmann::json& required(const std::string& name) const;
  std::string path_of(const std::string& name) const;

  /// Throws UsageError if the member is absent.
  template <typename T>
  T get(const std::string& name) const {
    T value{};
    from_json_value(required(name), path_of(name), value);
    return value;
  }

  /// Nothing if the member is absent or null.
  template <typename T>
  std::optional<T> find(const std::string& name) const {
    if (!has(name)) {
      return std::nullopt;
    }
    return get<T>(name);
  }

  /// Leaves `value` as it is if the member is absent or null.
  template <typename T>
  void read(const std::string& name, T& value) const {
    if (has(name)) {
      from_json_value(required(name), path_of(name), value);
    }
  }

 private:
  const nlohmann::json& json_;
  std::string path_;
};

}  // namespace cuparity
