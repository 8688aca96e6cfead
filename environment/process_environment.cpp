#include "environment/process_environment.hpp"
