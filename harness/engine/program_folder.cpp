#include "harness/engine/program_folder.hpp"

#include <system_error>

namespace cuparity {

std::filesystem::path folder_of_this_program() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::filesystem::path(".") : program.parent_path();
}

}  // namespace cuparity
