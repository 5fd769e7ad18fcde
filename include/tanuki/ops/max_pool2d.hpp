#pragma once

// The largest value of each window over an image (height, width, channels), channel by channel. Padding is
// never the largest. The gradient goes to the first of equal values, row by row, as in TensorFlow; a NaN in
// the window is the result. (keras/src/layers/pooling/max_pooling2d.py)

#include "tanuki/ops/graph.hpp"
#include "tanuki/ops/window.hpp"

namespace tanuki::ops {

/// A backend gives:
///   forward(context, geometry, x, y, taps): taps, where it is not null, gets for each output the number of
///   its tap, row · window width + column, counted over the whole window. backward(context, geometry, taps,
///   dy, dx).
template <class B>
struct MaxPool2DKernel {
  static_assert(backend_missing<B>,
                "this backend has no max_pool2d kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class MaxPool2D final : public Op<B> {
 public:
  explicit MaxPool2D(const Window& window) : window_(window) {}

  std::string_view name() const override { return "max_pool2d"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const auto geometry = window_.over(inputs[0], name());
    if (window_.size.height * window_.size.width > most_taps) {
      fail("[max_pool2d] the window ", window_.size.str(), " has more than ", most_taps, " taps");
    }
    return {geometry.rows.out, geometry.columns.out, geometry.channels};
  }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {}; }
  Saved saved(std::span<const Shape> inputs) const override {
    return {.per_image = output_shape(inputs).elements()};
  }

  void forward(const ForwardPass<B>& pass) const override {
    MaxPool2DKernel<B>::forward(pass.context, geometry(pass.inputs[0].shape), pass.inputs[0], pass.output,
                                pass.saved);
  }
  void backward(const BackwardPass<B>& pass) const override {
    MaxPool2DKernel<B>::backward(pass.context, geometry(pass.inputs[0].shape), pass.saved, pass.gradient,
                                 pass.input_gradients[0]);
  }

 private:
  static constexpr Index most_taps = Index{1} << 24;  // a float counts them exactly

  WindowGeometry geometry(const Shape& batch) const { return window_.over(batch.without_batch(), name()); }

  Window window_;
};

template <class B>
Value<B> max_pool2d(Value<B> x, const Window& window) {
  return x.graph->emit(std::make_shared<MaxPool2D<B>>(window), x);
}

}  // namespace tanuki::ops
