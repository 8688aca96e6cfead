// Writing a file so that nobody meets half of it.
#pragma once

#include <filesystem>
#include <string>

namespace cuparity {

/// What becomes of a symbolic link in the file's place.
enum class AtLink {
  replaced,  ///< by the file: in a folder that came from elsewhere a link could lead to any file of this machine
  followed,  ///< it stays and what it leads to is written: for a file that the user named
};

/// A reader sees the old file or the new one: the text goes to PATH.partial, which then takes the name. What is there but no
/// regular file, such as /dev/stdout or a pipe, is written to as it is, and so is a file whose folder takes no new name. Throws EnvironmentError: which file, the system's reason, and `advice`, which says what to do next.
void write_whole_file(const std::filesystem::path& path, const std::string& text, const std::string& advice,
                      AtLink at_link = AtLink::replaced);

}  // namespace cuparity
