#include "harness/cli/commands.hpp"

namespace cuparity {

void add_compare_command(CLI::App&, int&) {}

}  // namespace cuparity
