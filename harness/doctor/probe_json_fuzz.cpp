#include "harness/doctor/diagnose.hpp"
#include "harness/doctor/probe.hpp"
#include "harness/fuzz/fuzz_target.hpp"
#include "harness/record/json_fields.hpp"

FUZZ_TARGET(text) {
  cuparity::accept_refusal([&] {
    const cuparity::Probe probe = cuparity::probe_from_json(cuparity::parse_json_text(text, "probe.json"));
    cuparity::diagnose(probe);
    cuparity::to_json(probe).dump();
  });
}
