#pragma once

// Keras' `axis` where it may be several.

#include <algorithm>
#include <vector>

#include "tanuki/layers/options.hpp"

namespace tanuki {

/// Keras' axes, which count the batch axis, as axes of `input`, which has none, in rising order. Throws Error where
/// one does not fit, or is there twice.
inline std::vector<std::size_t> find_axes(const std::vector<Index>& axes, const Shape& input) {
  std::vector<std::size_t> found;
  for (Index axis : axes) found.push_back(find_axis(axis, input));
  std::sort(found.begin(), found.end());
  if (std::adjacent_find(found.begin(), found.end()) != found.end())
    fail("an axis of input ", input, " was given twice");
  return found;
}

/// axis = -1 or {1, 2}; a layer's option. none() is Keras' None.
class AxisList {
 public:
  AxisList(Index axis = -1) : axes_{axis} {}
  AxisList(std::initializer_list<Index> axes) : axes_(axes) {}
  AxisList(std::vector<Index> axes) : axes_(std::move(axes)) {}
  static AxisList none() { return std::vector<Index>(); }

  const std::vector<Index>& axes() const { return axes_; }

 private:
  std::vector<Index> axes_;
};

/// Reads or writes it as a list.
template <class Field>
void axis_field(Field& field, AxisList& axis) {
  std::vector<Index> axes = axis.axes();
  field("axis", axes);
  axis = axes;
}

}  // namespace tanuki
