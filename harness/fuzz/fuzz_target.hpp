// What every fuzz target shares. libFuzzer calls LLVMFuzzerTestOneInput() with bytes of its own making; a target
// hands them to one parser. Any end but a return or a UsageError is a bug.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "harness/errors.hpp"

namespace cuparity {

/// Calls `parse`; bad input may be refused in words, and in no other way.
template <typename Parse>
void accept_refusal(Parse parse) {
  try {
    parse();
  } catch (const UsageError&) {
  }
}

/// A folder for parsers that read files, taken away at the end.
class FuzzFolder {
 public:
  FuzzFolder() : path_(std::filesystem::temp_directory_path() / ("cuparity-fuzz-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  FuzzFolder(const FuzzFolder&) = delete;
  FuzzFolder& operator=(const FuzzFolder&) = delete;
  ~FuzzFolder() {
    std::error_code code;
    std::filesystem::remove_all(path_, code);
  }

  const std::filesystem::path& path() const { return path_; }

  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary | std::ios::trunc) << text;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace cuparity

/// FUZZ_TARGET(text) { … }: the body of a target; `text` is a std::string of the input's bytes.
#define FUZZ_TARGET(text)                                                        \
  static void run_fuzz_target(const std::string& text);                          \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
    run_fuzz_target(std::string(reinterpret_cast<const char*>(data), size));     \
    return 0;                                                                    \
  }                                                                              \
  static void run_fuzz_target(const std::string& text)
