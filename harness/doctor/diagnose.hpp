// From a probe to findings.
#pragma once

#include "harness/doctor/doctor.hpp"
#include "harness/doctor/probe.hpp"

namespace cuparity {

/// What the probe means. Pure: the same probe gives the same findings anywhere. Most severe first.
DoctorReport diagnose(const Probe& probe);

/// What a person asks first: GPUs, driver, CUDA, engines, toolkit, whether a container can get the GPU.
nlohmann::json machine_summary(const Probe& probe);

}  // namespace cuparity
