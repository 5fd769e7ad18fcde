#pragma once

// An example seen as rows: an op that works along some axes takes each row of those by itself.

#include <algorithm>
#include <vector>

#include "tanuki/core/shape.hpp"

namespace tanuki::ops {

/// Number c of row r of an example lies at r · size + c where the rows are contiguous, else at starts[r] + steps[c].
struct AxisRows {
  Index count = 1, size = 1;
  std::vector<Index> starts, steps;  ///< empty where contiguous

  bool contiguous() const { return steps.empty(); }

  /// `axes` of an example of this shape, in rising order. Throws Error, with `op` in front, where they are none, or
  /// no axes of it.
  AxisRows(const Shape& shape, const std::vector<std::size_t>& axes, std::string_view op) {
    if (axes.empty()) fail("[", op, "] no axis was given, expected at least one");
    std::vector<bool> along(shape.rank());
    for (std::size_t axis : axes) {
      if (axis >= shape.rank() || along[axis])
        fail("[", op, "] the axes do not fit input ", shape, ": expected different axes of it");
      along[axis] = true;
    }
    bool last = true;
    for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
      (along[axis] ? size : count) *= shape[axis];
      if (axis >= axes[0] && !along[axis] && shape[axis] != 1) last = false;
    }
    if (last) return;
    starts = places(shape, along, false);
    steps = places(shape, along, true);
  }

 private:
  /// Where the numbers lie whose other indices are 0.
  static std::vector<Index> places(const Shape& shape, const std::vector<bool>& along, bool wanted) {
    std::vector<Index> found{0};
    Index stride = shape.elements();
    for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
      stride = shape[axis] ? stride / shape[axis] : 0;
      if (along[axis] != wanted) continue;
      std::vector<Index> next;
      for (Index before : found) {
        for (Index i = 0; i < shape[axis]; ++i) next.push_back(before + i * stride);
      }
      found = std::move(next);
    }
    return found;
  }
};

}  // namespace tanuki::ops
