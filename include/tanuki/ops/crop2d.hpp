#pragma once

// What lies within the borders of an image (height, width, channels). (keras/src/layers/reshaping/cropping2d.py)

#include "tanuki/ops/graph.hpp"
#include "tanuki/ops/window.hpp"

namespace tanuki::ops {

/// A backend gives: forward(context, borders, x, y), backward(context, borders, dy, dx).
template <class B>
struct Crop2DKernel {
  static_assert(backend_missing<B>,
                "this backend has no crop2d kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class Crop2D final : public Op<B> {
 public:
  explicit Crop2D(const Borders& borders) : borders_(borders) {}

  std::string_view name() const override { return "crop2d"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const Shape& x = inputs[0];
    expect_image(x, name());
    Window::expect_borders(borders_, name());
    if (borders_.rows.sum() >= x[0] || borders_.columns.sum() >= x[1]) {
      fail("[crop2d] input ", x, " has nothing within the borders ", borders_.str());
    }
    return {x[0] - borders_.rows.sum(), x[1] - borders_.columns.sum(), x[2]};
  }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {}; }

  void forward(const ForwardPass<B>& pass) const override {
    Crop2DKernel<B>::forward(pass.context, borders_, pass.inputs[0], pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    Crop2DKernel<B>::backward(pass.context, borders_, pass.gradient, pass.input_gradients[0]);
  }

 private:
  Borders borders_;
};

template <class B>
Value<B> crop2d(Value<B> x, const Borders& borders) {
  return x.graph->emit(std::make_shared<Crop2D<B>>(borders), x);
}

}  // namespace tanuki::ops
