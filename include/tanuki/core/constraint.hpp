#pragma once

// What a weight is brought back to after each step of the optimizer. (keras/src/constraints/constraints.py)
//
//   Conv2D({.filters = 8, .kernel_size = 3, .kernel_constraint = max_norm(2, {0, 1, 2})})

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tanuki/core/shape.hpp"

namespace tanuki {

/// Keras' serialised form: "MaxNorm", {{"max_value", 2}}, and the axes that a norm is taken over. An empty name is no
/// constraint.
struct Constraint {
  std::string class_name = {};
  std::vector<std::pair<std::string, double>> config = {};
  std::vector<Index> axes = {0};  ///< Keras' "axis"; negative ones count from the last, none stands for all

  explicit operator bool() const { return !class_name.empty(); }

  /// Of an option that config names.
  double number(std::string_view key) const {
    for (const auto& [name, value] : config) {
      if (name == key) return value;
    }
    fail("[constraint] ", class_name, " has no '", key, "'");
  }
};

/// Norms above `max_value` come down to it.
inline Constraint max_norm(double max_value = 2, std::vector<Index> axes = {0}) {
  return {"MaxNorm", {{"max_value", max_value}}, std::move(axes)};
}
/// Negative numbers become 0.
inline Constraint non_neg() { return {"NonNeg"}; }
/// Every norm becomes 1.
inline Constraint unit_norm(std::vector<Index> axes = {0}) { return {"UnitNorm", {}, std::move(axes)}; }
/// Norms outside of [min_value, max_value] come nearer to it; at a `rate` of 1 all the way.
inline Constraint min_max_norm(double min_value = 0, double max_value = 1, double rate = 1,
                               std::vector<Index> axes = {0}) {
  return {
      "MinMaxNorm", {{"min_value", min_value}, {"max_value", max_value}, {"rate", rate}}, std::move(axes)};
}

/// `name` is Keras' class name or its snake_case form. `config` holds the serialised options but the axes; what is
/// missing has Keras' default. Throws Error for an unknown name or option, and for a negative one.
inline Constraint find_constraint(std::string_view name,
                                  std::vector<std::pair<std::string, double>> config = {},
                                  std::vector<Index> axes = {0}) {
  const auto is = [&](auto... names) { return ((name == names) || ...); };
  Constraint found = is("MaxNorm", "max_norm")          ? max_norm()
                     : is("NonNeg", "non_neg")          ? non_neg()
                     : is("UnitNorm", "unit_norm")      ? unit_norm()
                     : is("MinMaxNorm", "min_max_norm") ? min_max_norm()
                                                        : Constraint{};
  if (!found)
    fail("[constraint] unknown class '", name, "': expected MaxNorm, NonNeg, UnitNorm or MinMaxNorm");
  for (const auto& [key, value] : config) {
    if (key == "axis" && found.class_name != "NonNeg") {
      axes = {Index(value)};
      continue;
    }
    const auto mine = std::find_if(found.config.begin(), found.config.end(),
                                   [&, &key = key](const auto& option) { return option.first == key; });
    if (mine == found.config.end()) fail("[constraint] ", name, " has no option '", key, "'");
    if (!(value >= 0 && std::isfinite(value)))
      fail("[constraint] ", name, " has ", key, " ", value, ", expected 0 or more");
    mine->second = value;
  }
  found.axes = std::move(axes);
  return found;
}

}  // namespace tanuki
