#pragma once

// Each row along some axes of an example divided by its length, or by 1e-12 where that is more.
// (keras/src/ops/nn.py: normalize)

#include "tanuki/ops/axis_rows.hpp"
#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

/// What a row without length is multiplied by.
inline constexpr float largest_unit_scale = 1e12f;

/// A backend gives: forward(context, rows, x, y), y may be x; backward(context, rows, x, dy, dx), dx may be dy.
template <class B>
struct UnitNormKernel {
  static_assert(backend_missing<B>,
                "this backend has no unit_norm kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class UnitNorm final : public Op<B> {
 public:
  /// Without the batch's axis, in rising order.
  explicit UnitNorm(std::vector<std::size_t> axes) : axes_(std::move(axes)) {}

  std::string_view name() const override { return "unit_normalization"; }
  Shape output_shape(std::span<const Shape> inputs) const override { return rows(inputs[0]), inputs[0]; }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {.inputs = true}; }
  bool overwrites_input() const override { return true; }
  bool overwrites_gradient() const override { return true; }

  void forward(const ForwardPass<B>& pass) const override {
    const auto& x = pass.inputs[0];
    UnitNormKernel<B>::forward(pass.context, rows(x.shape.without_batch()), x, pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    const auto& x = pass.inputs[0];
    UnitNormKernel<B>::backward(pass.context, rows(x.shape.without_batch()), x, pass.gradient,
                                pass.input_gradients[0]);
  }

 private:
  AxisRows rows(const Shape& example) const { return {example, axes_, "unit_normalization"}; }

  std::vector<std::size_t> axes_;
};

template <class B>
Value<B> unit_norm(Value<B> x, std::vector<std::size_t> axes) {
  return x.graph->emit(std::make_shared<UnitNorm<B>>(std::move(axes)), x);
}

}  // namespace tanuki::ops
