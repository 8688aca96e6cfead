// calibrate.yaml, put into the program at build time.
#pragma once

namespace cuparity {

extern const char* const calibrate_suite_yaml;

}  // namespace cuparity
