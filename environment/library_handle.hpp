// Which file the dynamic linker took for a library that dlopen() gave.
#pragma once

#include <string>

namespace cuparity::environment {

/// The real path of the library behind `handle`; empty where the linker does not say.
std::string path_of_library(void* handle);

}  // namespace cuparity::environment
