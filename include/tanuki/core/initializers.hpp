#pragma once

// First values of a weight, as keras.initializers does them. The random ones have Keras' distributions, drawn from
// tanuki's own generator: the distribution is Keras', the draws are not.

#include "tanuki/core/initializers/constant.hpp"
#include "tanuki/core/initializers/find.hpp"
#include "tanuki/core/initializers/initializer.hpp"
#include "tanuki/core/initializers/orthogonal.hpp"
#include "tanuki/core/initializers/random.hpp"
#include "tanuki/core/initializers/variance_scaling.hpp"
