#include "harness/fuzz/fuzz_target.hpp"
#include "harness/plan/suite.hpp"

FUZZ_TARGET(text) {
  cuparity::accept_refusal([&] { cuparity::parse_suite(text, "suite.yaml"); });
}
