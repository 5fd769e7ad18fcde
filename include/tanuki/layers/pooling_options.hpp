#pragma once

// The options of MaxPooling2D and AveragePooling2D. (keras/src/layers/pooling/base_pooling.py)

#include <string>

#include "tanuki/layers/options.hpp"

namespace tanuki {

struct Pooling2DOptions {
  ops::Size2D pool_size = 2;
  ops::Size2D strides = 0;  ///< 0: as pool_size
  std::string padding = "valid";
  std::string name = {};

  /// Throws Error for an unknown padding.
  ops::Window window() const {
    return {pool_size, strides == ops::Size2D(0) ? pool_size : strides, find_padding(padding)};
  }
};

}  // namespace tanuki
