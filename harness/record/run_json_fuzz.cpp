#include "harness/fuzz/fuzz_target.hpp"
#include "harness/record/json_fields.hpp"
#include "harness/record/run_json.hpp"

FUZZ_TARGET(text) {
  cuparity::accept_refusal([&] {
    const cuparity::Run run = cuparity::run_from_json(cuparity::parse_json_text(text, "run.json"));
    // What was read can be analysed and written.
    cuparity::to_json(run, cuparity::analyse(run)).dump();
  });
}
