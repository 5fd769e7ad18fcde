#pragma once

// What a weight is brought back to after each step of the optimizer. (keras/src/constraints/constraints.py)

#include <string>
#include <utility>
#include <vector>

namespace tanuki {

/// Keras' serialised form: "MaxNorm", {{"max_value", 2}, {"axis", 0}}. An empty name is no constraint.
struct Constraint {
  std::string class_name = {};
  std::vector<std::pair<std::string, double>> config = {};

  explicit operator bool() const { return !class_name.empty(); }
};

}  // namespace tanuki
