#include "harness/doctor/from_text.hpp"
#include "harness/fuzz/fuzz_target.hpp"

FUZZ_TARGET(text) {
  cuparity::accept_refusal([&] { cuparity::diagnose_text(text, nullptr); });
}
