#pragma once

// What the adaptive pooling layers share: windows that divide an axis of any size into as many parts as are asked for. Part i
// of `out` covers [floor(i · in / out), ceil((i + 1) · in / out)), so neighbours may overlap. Rows come first, then columns.
// (keras/src/backend/tensorflow/nn.py: _adaptive_average_pool2d)

#include <string>
#include <vector>

#include "tanuki/layers/options.hpp"
#include "tanuki/ops/concatenate.hpp"
#include "tanuki/ops/crop2d.hpp"

namespace tanuki {

struct AdaptivePooling2DOptions {
  ops::Size2D output_size = 0;  ///< must be given
  std::string name = {};
};

struct AdaptivePooling1DOptions {
  Index output_size = 0;  ///< must be given
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, AdaptivePooling2DOptions& options) {
  field("output_size", options.output_size);
}
template <class Field>
void fields(Field& field, AdaptivePooling1DOptions& options) {
  field("output_size", options.output_size);
}

namespace detail {

/// Each part of an axis that does not divide evenly is an op.
inline void check_adaptive(const std::string& layer, const ops::Size2D& size) {
  constexpr Index most = 1 << 14;
  for (Index extent : {size.height, size.width}) {
    if (extent < 1 || extent > most)
      fail("in '", layer, "': output_size is ", extent, ", expected 1 to ", most);
  }
}

/// pool(x, window) of the parts of one axis, 0 or 1.
template <class B, class Pool>
ops::Value<B> pool_axis(ops::Value<B> x, std::size_t axis, Index out, const Pool& pool) {
  const Index in = x.shape()[axis];
  const auto along = [&](Index extent) {
    return axis == 0 ? ops::Size2D(extent, 1) : ops::Size2D(1, extent);
  };
  if (in == out) return x;
  if (in % out == 0) return pool(x, ops::Window{along(in / out), along(in / out), ops::Padding::valid});
  std::vector<ops::Value<B>> parts;
  for (Index i = 0; i < out; ++i) {
    const Index first = i * in / out, last = ((i + 1) * in + out - 1) / out;
    const ops::Ends cut(first, in - last);
    const auto part =
        ops::crop2d(x, axis == 0 ? ops::Borders(cut, ops::Ends(0)) : ops::Borders(ops::Ends(0), cut));
    parts.push_back(pool(part, ops::Window{along(last - first), 1, ops::Padding::valid}));
  }
  return ops::concatenate(std::span<const ops::Value<B>>(parts), axis);
}

template <class B, class Pool>
ops::Value<B> adaptive_pool(ops::Value<B> x, const ops::Size2D& size, const char* layer, const Pool& pool) {
  ops::expect_image(x.shape(), layer);
  return pool_axis(pool_axis(x, 0, size.height, pool), 1, size.width, pool);
}

}  // namespace detail
}  // namespace tanuki
