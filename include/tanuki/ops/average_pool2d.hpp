#pragma once

// The mean of each window over an image (height, width, channels), channel by channel. Padding does not
// count, as in TensorFlow. (keras/src/layers/pooling/average_pooling2d.py)

#include "tanuki/ops/graph.hpp"
#include "tanuki/ops/window.hpp"

namespace tanuki::ops {

/// A backend gives: forward(context, geometry, x, y), backward(context, geometry, dy, dx).
template <class B>
struct AveragePool2DKernel {
  static_assert(backend_missing<B>,
                "this backend has no average_pool2d kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class AveragePool2D final : public Op<B> {
 public:
  explicit AveragePool2D(const Window& window) : window_(window) {}

  std::string_view name() const override { return "average_pool2d"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const auto geometry = window_.over(inputs[0], name());
    return {geometry.rows.out, geometry.columns.out, geometry.channels};
  }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {}; }

  void forward(const ForwardPass<B>& pass) const override {
    AveragePool2DKernel<B>::forward(pass.context, geometry(pass.inputs[0].shape), pass.inputs[0],
                                    pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    AveragePool2DKernel<B>::backward(pass.context, geometry(pass.inputs[0].shape), pass.gradient,
                                     pass.input_gradients[0]);
  }

 private:
  WindowGeometry geometry(const Shape& batch) const { return window_.over(batch.without_batch(), name()); }

  Window window_;
};

template <class B>
Value<B> average_pool2d(Value<B> x, const Window& window) {
  return x.graph->emit(std::make_shared<AveragePool2D<B>>(window), x);
}

}  // namespace tanuki::ops
