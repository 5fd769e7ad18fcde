#pragma once

// An image (height, width, channels) with borders of one value around it. (keras/src/layers/reshaping/zero_padding2d.py)

#include "tanuki/ops/graph.hpp"
#include "tanuki/ops/window.hpp"

namespace tanuki::ops {

/// A backend gives: forward(context, borders, value, x, y), backward(context, borders, dy, dx).
template <class B>
struct Pad2DKernel {
  static_assert(backend_missing<B>,
                "this backend has no pad2d kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class Pad2D final : public Op<B> {
 public:
  explicit Pad2D(const Borders& borders, float value = 0) : borders_(borders), value_(value) {}

  const Borders& borders() const { return borders_; }
  float value() const { return value_; }

  std::string_view name() const override { return "pad2d"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const Shape& x = inputs[0];
    expect_image(x, name());
    Window::expect_borders(borders_, name());
    return {x[0] + borders_.rows.sum(), x[1] + borders_.columns.sum(), x[2]};
  }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {}; }

  void forward(const ForwardPass<B>& pass) const override {
    Pad2DKernel<B>::forward(pass.context, borders_, value_, pass.inputs[0], pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    Pad2DKernel<B>::backward(pass.context, borders_, pass.gradient, pass.input_gradients[0]);
  }

 private:
  Borders borders_;
  float value_;
};

template <class B>
Value<B> pad2d(Value<B> x, const Borders& borders, float value = 0) {
  return x.graph->emit(std::make_shared<Pad2D<B>>(borders, value), x);
}

}  // namespace tanuki::ops
