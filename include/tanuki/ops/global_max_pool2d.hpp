#pragma once

// The largest value of each channel over an image (height, width, channels): (channels,), or (1, 1, channels) with
// keepdims. Equal ones share the gradient, as in tf.reduce_max; a NaN is the result.
// (keras/src/layers/pooling/global_max_pooling2d.py)

#include "tanuki/ops/graph.hpp"
#include "tanuki/ops/image.hpp"

namespace tanuki::ops {

/// A backend gives: forward(context, x, y), backward(context, x, y, dy, dx).
template <class B>
struct GlobalMaxPool2DKernel {
  static_assert(backend_missing<B>,
                "this backend has no global_max_pool2d kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class GlobalMaxPool2D final : public Op<B> {
 public:
  explicit GlobalMaxPool2D(bool keepdims) : keepdims_(keepdims) {}

  std::string_view name() const override { return "global_max_pool2d"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    expect_image(inputs[0], name());
    const Index channels = inputs[0].back();
    return keepdims_ ? Shape{1, 1, channels} : Shape{channels};
  }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {.inputs = true, .output = true}; }

  void forward(const ForwardPass<B>& pass) const override {
    GlobalMaxPool2DKernel<B>::forward(pass.context, pass.inputs[0], pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    GlobalMaxPool2DKernel<B>::backward(pass.context, pass.inputs[0], pass.output, pass.gradient,
                                       pass.input_gradients[0]);
  }

 private:
  bool keepdims_;
};

template <class B>
Value<B> global_max_pool2d(Value<B> x, bool keepdims = false) {
  return x.graph->emit(std::make_shared<GlobalMaxPool2D<B>>(keepdims), x);
}

}  // namespace tanuki::ops
