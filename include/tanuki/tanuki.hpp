#pragma once

// tanuki on a CPU: everything but the reading of Keras' own files, which is in tanuki/keras.hpp.

#include "tanuki/any_backend.hpp"
#include "tanuki/backend/eigen/backend.hpp"
