#include "harness/cli/commands.hpp"

namespace cuparity {

void add_list_command(CLI::App&, int&) {}

}  // namespace cuparity
