// A secret of who publishes, for digests that go into a public site.
#pragma once

#include <string>

namespace cuparity {

/// The random key in $XDG_CACHE_HOME/cuparity/publish-key (~/.cache where that is not set), which the first call
/// makes, readable by its owner alone. Empty where there is no such place. Losing it costs time, nothing else: the
/// next publication renders every page again.
std::string publisher_key();

}  // namespace cuparity
