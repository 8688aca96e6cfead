// Where this program lies: the others that are built with it lie beside it.
#pragma once

#include <filesystem>

namespace cuparity {

/// The current folder where the system does not say.
std::filesystem::path folder_of_this_program();

}  // namespace cuparity
