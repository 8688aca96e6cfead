#pragma once

#include "validate/session.hpp"

namespace cuparity::validate {

/// Registers Access.*: what of the GPU is visible, whether it can be used, and nothing beyond it.
void register_access_tests(const Session& session);

}  // namespace cuparity::validate
