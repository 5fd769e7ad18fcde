#include <tanuki/cuda.hpp>

#define TANUKI_TEMPLATE template
#define TANUKI_BACKEND Cuda
#include "tanuki/precompiled/layers.inc"
