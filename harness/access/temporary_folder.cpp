#include "harness/access/temporary_folder.hpp"

#include <stdlib.h>

#include <system_error>

#include "harness/errors.hpp"

namespace cuparity {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (fs::temp_directory_path() / "cuparity-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw EnvironmentError("can't make a folder like " + pattern);
  path_ = pattern;
  fs::permissions(path_, fs::perms::all);  // root in a container may be another user of the host
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace cuparity
