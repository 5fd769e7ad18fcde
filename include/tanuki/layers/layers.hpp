#pragma once

// All layers.

#include "tanuki/layers/activation.hpp"
#include "tanuki/layers/add.hpp"
#include "tanuki/layers/average_pooling2d.hpp"
#include "tanuki/layers/batch_normalization.hpp"
#include "tanuki/layers/concatenate.hpp"
#include "tanuki/layers/conv2d.hpp"
#include "tanuki/layers/dense.hpp"
#include "tanuki/layers/depthwise_conv2d.hpp"
#include "tanuki/layers/dropout.hpp"
#include "tanuki/layers/flatten.hpp"
#include "tanuki/layers/global_average_pooling2d.hpp"
#include "tanuki/layers/max_pooling2d.hpp"
#include "tanuki/layers/normalization.hpp"
#include "tanuki/layers/random_flip.hpp"
#include "tanuki/layers/random_rotation.hpp"
#include "tanuki/layers/relu.hpp"
#include "tanuki/layers/rescaling.hpp"
#include "tanuki/layers/separable_conv2d.hpp"
#include "tanuki/layers/softmax.hpp"
