#pragma once

// How two operands lie under an output whose shape theirs broadcast to: rows along which each moves by one number,
// or stands still. Axes that both walk alike are one.

#include <array>
#include <vector>

#include "tanuki/core/shape.hpp"

namespace tanuki::eigen {

class Broadcast {
 public:
  /// All shapes with a batch axis; where one is shorter, axes of 1 follow its batch axis.
  Broadcast(const Shape& out, const Shape& a, const Shape& b) {
    const auto steps_a = steps(out, a), steps_b = steps(out, b);
    for (std::size_t axis = out.rank(); axis-- > 0;) {
      if (out[axis] == 1) continue;
      const Axis next{out[axis], steps_a[axis], steps_b[axis]};
      if (!axes_.empty() && next.a == axes_.back().a * axes_.back().extent &&
          next.b == axes_.back().b * axes_.back().extent) {
        axes_.back().extent *= next.extent;
      } else {
        axes_.push_back(next);
      }
    }
    if (axes_.empty()) axes_.push_back({1, 1, 1});
    for (std::size_t axis = 1; axis < axes_.size(); ++axis) rows_ *= axes_[axis].extent;
  }

  Index rows() const { return rows_; }
  Index width() const { return axes_[0].extent; }
  /// From one number of a row to the next: 1 or 0.
  Index step_a() const { return axes_[0].a; }
  Index step_b() const { return axes_[0].b; }

  /// fn(where row begins in the output, in a, in b) for the rows in [first, last).
  template <class Fn>
  void each_row(Index first, Index last, Fn fn) const {
    std::array<Index, Shape::max_rank + 1> at{};
    Index a = 0, b = 0, rest = first;
    for (std::size_t axis = 1; axis < axes_.size(); ++axis) {
      at[axis] = rest % axes_[axis].extent;
      rest /= axes_[axis].extent;
      a += at[axis] * axes_[axis].a;
      b += at[axis] * axes_[axis].b;
    }
    for (Index row = first; row < last; ++row) {
      fn(row * width(), a, b);
      for (std::size_t axis = 1; axis < axes_.size(); ++axis) {
        a += axes_[axis].a, b += axes_[axis].b;
        if (++at[axis] < axes_[axis].extent) break;
        at[axis] = 0;
        a -= axes_[axis].a * axes_[axis].extent, b -= axes_[axis].b * axes_[axis].extent;
      }
    }
  }

 private:
  struct Axis {
    Index extent, a, b;
  };

  static std::vector<Index> steps(const Shape& out, const Shape& operand) {
    std::vector<Index> found(out.rank(), 0);
    const std::size_t added = out.rank() - operand.rank();
    Index step = 1;
    for (std::size_t axis = operand.rank(); axis-- > 0;) {
      if (operand[axis] != 1) found[axis == 0 ? 0 : axis + added] = step;
      step *= operand[axis];
    }
    return found;
  }

  std::vector<Axis> axes_;  ///< from the last
  Index rows_ = 1;
};

}  // namespace tanuki::eigen
