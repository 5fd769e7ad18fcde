#pragma once

// Sequences (steps, channels) as images (1, steps, channels): how the layers over one axis use the ops over two.
// Costs nothing.

#include <string_view>

#include "tanuki/ops/reshape.hpp"

namespace tanuki {

/// Throws Error, with `layer` in front, unless `shape` is (steps, channels) with something in it.
inline void expect_sequence(const Shape& shape, std::string_view layer) {
  if (shape.rank() != 2 || shape.elements() == 0)
    fail("[", layer, "] input ", shape, " is no sequence: expected (steps, channels)");
}

template <class B>
ops::Value<B> as_image(ops::Value<B> x, std::string_view layer) {
  expect_sequence(x.shape(), layer);
  return ops::reshape(x, {1, x.shape()[0], x.shape()[1]});
}

template <class B>
ops::Value<B> as_sequence(ops::Value<B> x) {
  return ops::reshape(x, {x.shape()[1], x.shape()[2]});
}

}  // namespace tanuki
