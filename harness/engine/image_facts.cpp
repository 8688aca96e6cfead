#include "harness/engine/image_facts.hpp"

#include <algorithm>

#include "environment/text_file.hpp"

namespace cuparity {
namespace {

constexpr const char* id_prefix = "sha256:";
constexpr std::size_t id_digits = 64;

/// Of the first word; Docker writes the prefix, Podman does not.
std::string hexadecimal_id(const std::string& line) {
  std::string id = line.substr(0, line.find(' '));
  if (id.rfind(id_prefix, 0) == 0) id.erase(0, std::string(id_prefix).size());
  return id.size() == id_digits && id.find_first_not_of("0123456789abcdef") == std::string::npos ? id : "";
}

}  // namespace

std::string line_with_image_id(const std::string& answer) {
  for (const std::string& line : environment::split(answer, '\n'))
    if (const std::string trimmed = environment::trim(line); !hexadecimal_id(trimmed).empty()) return trimmed;
  return "";
}

std::optional<ImageFacts> read_image_facts(const std::string& answer) {
  const std::vector<std::string> words = environment::split(line_with_image_id(answer), ' ');
  if (words.empty() || words.front().empty()) return std::nullopt;
  ImageFacts facts;
  facts.id = id_prefix + hexadecimal_id(words.front());
  const auto of_registry = std::find_if(words.begin() + 1, words.end(), [&](const std::string& digest) {
    // Podman gives images built here a digest under localhost/, Docker's containerd image store gives every image its
    // own ID as one: no registry need know them.
    return digest.find('@') != std::string::npos && digest.rfind("localhost/", 0) != 0 &&
           digest.substr(digest.find('@') + 1) != facts.id;
  });
  if (of_registry != words.end()) facts.digest = *of_registry;
  return facts;
}

}  // namespace cuparity
