#include <tanuki/keras.hpp>
#include <tanuki/tanuki.hpp>

#define TANUKI_TEMPLATE template
#define TANUKI_BACKEND Cpu
#include "tanuki/precompiled/keras.inc"
