#pragma once

// Files of Keras: load and save whole models, read their weights, convert them to .safetensors. Opt-in, for it needs
// HDF5 and libzip: link the CMake target tanuki::keras.

#include "tanuki/io/keras/archive.hpp"
#include "tanuki/io/keras/convert.hpp"
#include "tanuki/io/keras/hdf5.hpp"
#include "tanuki/io/keras/layer_weights.hpp"
#include "tanuki/io/keras/legacy_h5.hpp"
#include "tanuki/io/keras/load.hpp"
#include "tanuki/io/keras/load_weights.hpp"
#include "tanuki/io/keras/save.hpp"
#include "tanuki/io/keras/save_weights.hpp"
#include "tanuki/io/keras/weights.hpp"
#include "tanuki/io/keras/weights_h5.hpp"

#ifdef TANUKI_PRECOMPILED_KERAS  // then tanuki::precompiled_keras has them
#define TANUKI_TEMPLATE extern template
#define TANUKI_BACKEND Cpu
#include "tanuki/precompiled/keras.inc"
#undef TANUKI_BACKEND
#undef TANUKI_TEMPLATE
#endif
