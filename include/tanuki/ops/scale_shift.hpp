#pragma once

// y = x · scale + shift for each channel (the last axis), with constants.

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

/// A backend gives: forward(context, x, scale, shift, y), y may be x; backward(context, scale, dy, dx), dx
/// may be dy.
template <class B>
struct ScaleShiftKernel {
  static_assert(backend_missing<B>,
                "this backend has no scale_shift kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class ScaleShift final : public Op<B> {
 public:
  ScaleShift(std::span<const float> scale, std::span<const float> shift)
      : scale_(Shape{Index(scale.size())}, scale), shift_(Shape{Index(shift.size())}, shift) {}

  const Tensor<B>& scale() const { return scale_; }
  const Tensor<B>& shift() const { return shift_; }

  std::string_view name() const override { return "scale_shift"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const Shape& input = inputs[0];
    for (Index given : {scale_.size(), shift_.size()}) {
      if (input.rank() == 0 || given != input.back()) {
        fail("[scale_shift] input ", input, " does not fit ", given,
             " factors: expected one for each channel");
      }
    }
    return input;
  }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {}; }
  bool overwrites_input() const override { return true; }
  bool overwrites_gradient() const override { return true; }

  void forward(const ForwardPass<B>& pass) const override {
    ScaleShiftKernel<B>::forward(pass.context, pass.inputs[0], scale_.view(), shift_.view(), pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    ScaleShiftKernel<B>::backward(pass.context, scale_.view(), pass.gradient, pass.input_gradients[0]);
  }

 private:
  Tensor<B> scale_, shift_;
};

/// One number a channel in each.
template <class B>
Value<B> scale_shift(Value<B> x, std::span<const float> scale, std::span<const float> shift) {
  return x.graph->emit(std::make_shared<ScaleShift<B>>(scale, shift), x);
}

}  // namespace tanuki::ops
