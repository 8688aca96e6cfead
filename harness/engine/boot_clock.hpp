// The clock that the host and every container on it share.
#pragma once

namespace cuparity {

/// Seconds of CLOCK_BOOTTIME: read alike by every process of a kernel (containers have no time of their own),
/// and never set.
double boot_seconds();

}  // namespace cuparity
