#include "environment/nvidia_driver.hpp"
