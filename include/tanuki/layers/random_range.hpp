#pragma once

// Options that the random image layers share.

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "tanuki/layers/options.hpp"
#include "tanuki/ops/affine_transform.hpp"

namespace tanuki {

/// The range of a random number: ±f for one number.
struct FactorRange {
  double lower = 0, upper = 0;
  bool one_number = false;  ///< it was given as ±upper

  FactorRange() = default;
  FactorRange(double factor) : lower(-std::abs(factor)), upper(std::abs(factor)), one_number(true) {}
  FactorRange(double a, double b) : lower(std::min(a, b)), upper(std::max(a, b)) {}
  /// One number or two. Throws Error otherwise.
  explicit FactorRange(const std::vector<double>& numbers) {
    if (numbers.size() != 1 && numbers.size() != 2)
      fail("a factor of ", numbers.size(), " numbers: expected one or two");
    *this = numbers.size() == 1 ? FactorRange(numbers[0]) : FactorRange(numbers[0], numbers[1]);
  }

  std::vector<double> numbers() const { return {lower, upper}; }
};

/// Writes it as a list of two numbers, reads one of one or two.
template <class Field>
void range_field(Field& field, const char* name, FactorRange& range) {
  std::vector<double> numbers = range.numbers();
  field(name, numbers);
  if (numbers != range.numbers()) range = FactorRange(numbers);
}
template <class Field>
void range_field(Field& field, const char* name, std::optional<FactorRange>& range) {
  std::optional<std::vector<double>> numbers;
  if (range) numbers = range->numbers();
  field(name, numbers);
  if (range && numbers == range->numbers()) return;
  range.reset();
  if (numbers) range = FactorRange(*numbers);
}

/// Throws Error, naming the layer, unless both ends lie from `least` to `most`, `least` itself only where `closed`.
inline void expect_range(const std::string& layer, const char* option, const FactorRange& range, double least,
                         double most, bool closed = true) {
  const bool above = closed ? range.lower >= least : range.lower > least;
  if (above && range.upper <= most) return;
  fail("in '", layer, "': ", option, " is (", range.lower, ", ", range.upper, "), expected numbers from ",
       least, closed ? "" : " (without it)", " to ", most);
}

/// The two ends of an image's numbers. Throws Error, naming the layer, where they are not two in rising order.
inline std::array<float, 2> find_value_range(const std::string& layer, const std::vector<double>& range) {
  if (range.size() != 2 || !(range[0] <= range[1]) || !std::isfinite(range[1] - range[0])) {
    std::ostringstream given;
    for (double number : range) given << (given.tellp() ? ", " : "") << number;
    fail("in '", layer, "': value_range is {", given.str(), "}, expected two numbers in rising order");
  }
  return {float(range[0]), float(range[1])};
}

/// Throws Error unless the names are Keras'.
inline ops::AffineSampling find_sampling(const std::string& fill_mode, const std::string& interpolation,
                                         double fill_value) {
  ops::AffineSampling sampling{.fill_value = float(fill_value)};
  if (fill_mode == "constant") {
    sampling.fill_mode = ops::FillMode::constant;
  } else if (fill_mode == "nearest") {
    sampling.fill_mode = ops::FillMode::nearest;
  } else if (fill_mode == "reflect") {
    sampling.fill_mode = ops::FillMode::reflect;
  } else if (fill_mode == "wrap") {
    sampling.fill_mode = ops::FillMode::wrap;
  } else {
    fail("unknown fill_mode '", fill_mode, "': expected reflect, wrap, constant or nearest");
  }
  if (interpolation != "bilinear" && interpolation != "nearest")
    fail("unknown interpolation '", interpolation, "': expected nearest or bilinear");
  sampling.bilinear = interpolation == "bilinear";
  return sampling;
}

}  // namespace tanuki
