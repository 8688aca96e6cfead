// Every known failure, each with texts as people paste them: other versions, engines, wrapping and logs.
#pragma once

#include <string>
#include <vector>

namespace cuparity {

struct TextCase {
  const char* id;
  std::vector<std::string> texts;
};

std::vector<TextCase> engine_text_cases();   ///< the engine, the toolkit, its hook, CDI
std::vector<TextCase> program_text_cases();  ///< programs in a container, clusters

}  // namespace cuparity
