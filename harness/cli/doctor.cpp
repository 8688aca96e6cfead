#include "harness/cli/commands.hpp"

namespace cuparity {

void add_doctor_command(CLI::App&, int&) {}

}  // namespace cuparity
