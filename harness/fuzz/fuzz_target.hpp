// What every fuzz target shares. libFuzzer calls LLVMFuzzerTestOneInput() with bytes of its own making; a target
// hands them to one parser. Any end but a return or a UsageError is a bug.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "environment/temporary_folder.hpp"
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
  const std::filesystem::path& path() const { return folder_.path(); }

  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(path() / name, std::ios::binary | std::ios::trunc) << text;
    return path() / name;
  }

 private:
  TemporaryFolder folder_;
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
