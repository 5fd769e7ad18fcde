#pragma once

// Windows as the kernels take them, and the grids that go over their places and channels.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/window.hpp"

namespace tanuki::gpu {

/// Throws Error where a number does not fit an int.
inline Window window(const ops::WindowGeometry& g) {
  const auto number = [](Index value) {
    if (value != Index(int(value)))
      fail("[gpu] a window has an extent of ", value, ", expected less than 2³¹");
    return int(value);
  };
  const auto &r = g.rows, &c = g.columns;
  return {.rows_in = number(r.in),
          .rows_out = number(r.out),
          .row_taps = number(r.kernel),
          .row_stride = number(r.stride),
          .row_pad = number(r.pad),
          .row_dilation = number(r.dilation),
          .columns_in = number(c.in),
          .columns_out = number(c.out),
          .column_taps = number(c.kernel),
          .column_stride = number(c.stride),
          .column_pad = number(c.pad),
          .column_dilation = number(c.dilation),
          .channels = number(g.channels)};
}

/// Blocks of 32 channels of 8 places; `z` planes of them.
inline Extent places_grid(Index places, Index channels, Index z = 1) {
  return {unsigned((places + 7) / 8), unsigned((channels + 31) / 32), unsigned(z)};
}
inline constexpr Extent places_block{32, 8};

}  // namespace tanuki::gpu
