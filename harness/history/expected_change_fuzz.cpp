#include "harness/fuzz/fuzz_target.hpp"
#include "harness/history/expected_change.hpp"

FUZZ_TARGET(text) {
  cuparity::accept_refusal([&] { cuparity::parse_expected_changes(text, "changes.yaml"); });
}
