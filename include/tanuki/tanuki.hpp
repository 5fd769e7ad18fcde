#pragma once

// tanuki on a CPU: everything but the reading of Keras' own files, which is in tanuki/keras.hpp.

#include "tanuki/any_backend.hpp"
#include "tanuki/backend/eigen/backend.hpp"

#ifdef TANUKI_PRECOMPILED  // then tanuki::precompiled has them: docs/architecture.md, "Compiling once"
#define TANUKI_TEMPLATE extern template
#define TANUKI_BACKEND Cpu
#include "tanuki/precompiled/kernels.inc"
#include "tanuki/precompiled/layers.inc"
#include "tanuki/precompiled/models.inc"
#include "tanuki/precompiled/training.inc"
#undef TANUKI_BACKEND
#undef TANUKI_TEMPLATE
#endif
