#pragma once

// The check that ops on images share.

#include <string_view>

#include "tanuki/core/shape.hpp"

namespace tanuki::ops {

/// Throws Error, with `op` in front, unless `shape` is (height, width, channels) with something in it.
inline void expect_image(const Shape& shape, std::string_view op) {
  if (shape.rank() != 3 || shape.elements() == 0) {
    fail("[", op, "] input ", shape, " is no image: expected (height, width, channels)");
  }
  if (shape.elements() > Index{1} << 60) fail("[", op, "] input ", shape, " is too large");
}

}  // namespace tanuki::ops
