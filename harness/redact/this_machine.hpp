// The likeliest names in what somebody is about to publish.
#pragma once

#include <string>
#include <vector>

namespace cuparity {

/// This machine's name and those of the user who runs the program.
std::vector<std::string> names_of_this_machine();

}  // namespace cuparity
