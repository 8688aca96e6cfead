#include "harness/fuzz/fuzz_target.hpp"
#include "harness/record/journal.hpp"

FUZZ_TARGET(text) {
  static const cuparity::FuzzFolder folder;
  folder.write("journal.jsonl", text);
  cuparity::accept_refusal([&] { cuparity::read_journal(folder.path()); });
}
