// Tells a full disk from a program that failed.
#pragma once

#include <filesystem>

namespace cuparity {

/// Asked where a process failed: on a full disk that says nothing about its mode. Throws EnvironmentError where `folder` takes
/// no more data or files.
void refuse_full_disk(const std::filesystem::path& folder);

}  // namespace cuparity
