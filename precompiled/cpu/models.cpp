#include <tanuki/tanuki.hpp>

#define TANUKI_TEMPLATE template
#define TANUKI_BACKEND Cpu
#include "tanuki/precompiled/models.inc"
