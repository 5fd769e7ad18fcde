#pragma once

// What the options of several layers share.

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "tanuki/ops/window.hpp"

namespace tanuki {

/// The options of a layer that has none of its own.
struct LayerOptions {
  std::string name = {};
};

template <class Field>
void fields(Field&, LayerOptions&) {}

/// Runs `read`; an Error from it gets the layer's name in front.
template <class Read>
auto checked_option(const std::string& layer, Read read) {
  try {
    return read();
  } catch (const Error& error) {
    fail("in '", layer, "': ", error.what());
  }
}

/// Throws Error unless the name is "valid" or "same".
inline ops::Padding find_padding(std::string_view name) {
  if (name == "valid") return ops::Padding::valid;
  if (name == "same") return ops::Padding::same;
  fail("unknown padding '", name, "': expected valid or same");
}

/// Keras' `axis`, which counts the batch axis, as an axis of `input`, which has none. Throws Error where
/// there is no such axis, or where it is the batch's.
inline std::size_t find_axis(Index axis, const Shape& input) {
  const Index rank = Index(input.rank());
  const Index found = axis < 0 ? rank + axis : axis - 1;
  if (found < 0 || found >= rank) {
    fail("axis ", axis, " does not fit input ", input, ": expected 1 to ", rank, ", or -1 to ", -rank);
  }
  return std::size_t(found);
}

/// The channels of `input`. Throws Error unless `axis` is its last one.
inline Index last_axis(Index axis, const Shape& input) {
  if (find_axis(axis, input) + 1 != input.rank()) {
    fail("axis ", axis, " of input ", input, ": only the last one is supported");
  }
  return input.back();
}

/// A number for all channels, or a number for each: `.scale = 2`, `.mean = {1, 2, 3}`.
class PerChannel {
 public:
  PerChannel() = default;
  PerChannel(double value) : values_{float(value)} {}
  PerChannel(std::initializer_list<double> values) {
    for (double value : values) values_.push_back(float(value));
  }
  PerChannel(std::vector<float> values) : values_(std::move(values)) {}

  bool empty() const { return values_.empty(); }
  bool finite() const {
    return std::all_of(values_.begin(), values_.end(), [](float value) { return std::isfinite(value); });
  }
  /// True where a number is below 0.
  bool negative() const {
    return std::any_of(values_.begin(), values_.end(), [](float value) { return value < 0; });
  }
  std::size_t size() const { return values_.size(); }

  /// One number for each channel. Throws Error, naming it `what`, where there are too few or too many.
  std::vector<float> expand(Index channels, std::string_view what) const {
    if (values_.size() == 1) return std::vector<float>(std::size_t(channels), values_[0]);
    if (Index(values_.size()) != channels) {
      fail(what, " has ", values_.size(), " numbers, the input ", channels, " channels");
    }
    return values_;
  }

 private:
  std::vector<float> values_;
};

}  // namespace tanuki
