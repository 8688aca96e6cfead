#include "environment/mounts.hpp"
