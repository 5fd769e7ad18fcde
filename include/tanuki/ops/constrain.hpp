#pragma once

// A weight brought back to what its constraint asks for, in float32 as Keras does it
// (keras/src/constraints/constraints.py). With n the norm along the constraint's axes:
//   NonNeg      max(w, 0)
//   UnitNorm    w / (1e-7 + n)
//   MaxNorm     w · (min(n, max) / (1e-7 + n))
//   MinMaxNorm  w · ((rate · (n within min … max) + (1 - rate) · n) / (1e-7 + n))

#include "tanuki/core/constraint.hpp"
#include "tanuki/core/context.hpp"
#include "tanuki/core/tensor.hpp"
#include "tanuki/ops/axis_rows.hpp"

namespace tanuki::ops {

/// How a row of norm n changes: w · factor / divisor.
struct NormTarget {
  bool unit = false;
  float min = 0, max = 1, rate = 1, rest = 0;

  float factor(float norm) const {
    return unit ? 1.0f : (rate * std::min(std::max(norm, min), max) + rest * norm) / (1e-7f + norm);
  }
  float divisor(float norm) const { return unit ? 1e-7f + norm : 1.0f; }
};

/// A backend gives: non_negative(context, weight); norm(context, rows, target, weight), rows without a batch.
template <class B>
struct ConstrainKernel {
  static_assert(backend_missing<B>,
                "this backend has no constrain kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

/// The rows whose norms a constraint looks at. Throws Error for axes that the weight does not have.
inline AxisRows constrained_rows(const Constraint& constraint, const Shape& shape) {
  const Index rank = Index(shape.rank());
  std::vector<std::size_t> axes;
  for (Index axis : constraint.axes) {
    if (axis < -rank || axis >= rank)
      fail("[", constraint.class_name, "] axis is ", axis, ", expected an axis of a weight of shape ", shape);
    axes.push_back(std::size_t(axis < 0 ? axis + rank : axis));
  }
  for (Index axis = 0; constraint.axes.empty() && axis < rank; ++axis) axes.push_back(std::size_t(axis));
  std::sort(axes.begin(), axes.end());
  return {shape, axes, constraint.class_name};
}

/// Throws Error where the constraint is none of Keras', or does not fit a weight of this shape.
inline void check_constraint(const Constraint& constraint, const Shape& shape) {
  const Constraint found = find_constraint(constraint.class_name, constraint.config, constraint.axes);
  if (found.class_name != "NonNeg") constrained_rows(found, shape);
}

template <class B>
void constrain(Context<B>& context, const Constraint& given, TensorView<B> weight) {
  const Constraint constraint = find_constraint(given.class_name, given.config, given.axes);
  if (constraint.class_name == "NonNeg") return ConstrainKernel<B>::non_negative(context, weight);
  NormTarget target;
  target.unit = constraint.class_name == "UnitNorm";
  if (!target.unit) target.max = float(constraint.number("max_value"));
  if (constraint.class_name == "MinMaxNorm") {
    const double rate = constraint.number("rate");
    target.min = float(constraint.number("min_value"));
    target.rate = float(rate);
    target.rest = float(1 - rate);
  }
  ConstrainKernel<B>::norm(context, constrained_rows(constraint, weight.shape), target, weight);
}

}  // namespace tanuki::ops
