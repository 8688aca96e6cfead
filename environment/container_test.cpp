#include "environment/container.hpp"
