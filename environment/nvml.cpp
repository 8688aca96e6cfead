#include "environment/nvml.hpp"
