// results/attainable.yaml, put into the program at build time.
#pragma once

#include <string_view>

namespace cuparity {

extern const std::string_view attainable_yaml;

}  // namespace cuparity
