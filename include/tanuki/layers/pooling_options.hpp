#pragma once

// The options of the pooling layers. (keras/src/layers/pooling/base_pooling.py, base_global_pooling.py)

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

struct Pooling1DOptions {
  Index pool_size = 2;
  Index strides = 0;  ///< 0: as pool_size
  std::string padding = "valid";
  std::string name = {};

  /// Over images of height 1. Throws Error for an unknown padding.
  ops::Window window() const {
    return {{1, pool_size}, {1, strides == 0 ? pool_size : strides}, find_padding(padding)};
  }
};

struct GlobalPoolingOptions {
  bool keepdims = false;
  std::string name = {};
};

/// The options as Keras writes them, in which strides is never left out.
template <class Options>
Options with_strides(Options options) {
  if (options.strides == decltype(options.strides)(0)) options.strides = options.pool_size;
  return options;
}

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, Pooling2DOptions& options) {
  field("pool_size", options.pool_size);
  field("strides", options.strides);
  field("padding", options.padding);
}
template <class Field>
void fields(Field& field, Pooling1DOptions& options) {
  field("pool_size", options.pool_size);
  field("strides", options.strides);
  field("padding", options.padding);
}
template <class Field>
void fields(Field& field, GlobalPoolingOptions& options) {
  field("keepdims", options.keepdims);
}

}  // namespace tanuki
