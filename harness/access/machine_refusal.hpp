// Whether an engine could not start a container because this machine does not let it.
#pragma once

#include <string>

namespace cuparity {

/// True where `words`, the last of an engine, say that a policy (user namespaces, an authorization plugin, no root) or
/// a lack of privilege forbids an open container or one in the host's namespaces. Any other reason is a fault.
bool machine_refuses(const std::string& words);

}  // namespace cuparity
