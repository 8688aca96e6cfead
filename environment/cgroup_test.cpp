#include "environment/cgroup.hpp"
