#pragma once

// How pooling, and what else is no product of rows, walks over its windows.

#include "tanuki/backend/eigen/vector_loop.hpp"
#include "tanuki/ops/window.hpp"

namespace tanuki::eigen {

/// visit(pixel, tap) for every tap of the window at (row, column) that lies on the image, row by row: `pixel`
/// is the offset of its first channel within the image, `tap` counts over the whole window.
template <class Visit>
void each_tap(const ops::WindowGeometry& geometry, Index row, Index column, Visit visit) {
  const auto& [rows, columns, channels] = geometry;
  const Index first = columns.first_tap(column), end = columns.end_tap(column),
              step = columns.dilation * channels;
  for (Index i = rows.first_tap(row), last = rows.end_tap(row); i < last; ++i) {
    Index pixel = ((rows.start(row) + i * rows.dilation) * columns.in + columns.start(column)) * channels +
                  first * step;
    for (Index j = first; j < end; ++j, pixel += step) visit(pixel, i * columns.kernel + j);
  }
}

/// The number of such taps.
inline Index taps_on_image(const ops::WindowGeometry& geometry, Index row, Index column) {
  const auto& [rows, columns, channels] = geometry;
  return (rows.end_tap(row) - rows.first_tap(row)) * (columns.end_tap(column) - columns.first_tap(column));
}

}  // namespace tanuki::eigen
