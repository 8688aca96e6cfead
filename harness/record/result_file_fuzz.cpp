// The formats are told apart by what is in the file, so one target reaches them all.
#include "harness/fuzz/fuzz_target.hpp"
#include "harness/record/result_file.hpp"

FUZZ_TARGET(text) {
  static const cuparity::FuzzFolder folder;
  const std::filesystem::path file = folder.write("result.json", text);
  cuparity::accept_refusal([&] { cuparity::load_result(file); });
}
