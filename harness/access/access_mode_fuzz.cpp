#include "harness/access/access_mode.hpp"
#include "harness/access/gpu_request.hpp"
#include "harness/fuzz/fuzz_target.hpp"

FUZZ_TARGET(text) {
  cuparity::accept_refusal([&] { cuparity::gpu_request(cuparity::parse_access_mode(text)); });
  cuparity::accept_refusal([&] { cuparity::parse_gpus_flag(text); });
}
