#pragma once

// An image (height, width, channels) in another size. (keras/src/backend/tensorflow/image.py)

#include "tanuki/ops/graph.hpp"
#include "tanuki/ops/resize_map.hpp"
#include "tanuki/ops/window.hpp"

namespace tanuki::ops {

/// A backend gives: apply(context, rows, columns, x, y), y being x resized by the maps.
template <class B>
struct Resize2DKernel {
  static_assert(backend_missing<B>,
                "this backend has no resize2d kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class Resize2D final : public Op<B> {
 public:
  /// `antialias` changes bilinear, bicubic and Lanczos where they make an image smaller.
  Resize2D(Size2D size, Interpolation interpolation, bool antialias = false)
      : size_(size), interpolation_(interpolation), antialias_(antialias) {}

  std::string_view name() const override { return "resize2d"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    expect_image(inputs[0], name());
    if (size_.height < 1 || size_.width < 1)
      fail("[resize2d] to the size ", size_.str(), ": expected numbers of at least 1");
    return {size_.height, size_.width, inputs[0][2]};
  }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {}; }

  void forward(const ForwardPass<B>& pass) const override {
    const auto& x = pass.inputs[0];
    Resize2DKernel<B>::apply(pass.context, map(x.shape[1], size_.height), map(x.shape[2], size_.width), x,
                             pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    const auto& dx = pass.input_gradients[0];
    const Index height = dx.shape[1], width = dx.shape[2];
    Resize2DKernel<B>::apply(pass.context, map(height, size_.height).transposed(height),
                             map(width, size_.width).transposed(width), pass.gradient, dx);
  }

 private:
  ResizeMap map(Index in, Index out) const { return ResizeMap::make(in, out, interpolation_, antialias_); }

  Size2D size_;
  Interpolation interpolation_;
  bool antialias_;
};

template <class B>
Value<B> resize2d(Value<B> x, Size2D size, Interpolation interpolation, bool antialias = false) {
  return x.graph->emit(std::make_shared<Resize2D<B>>(size, interpolation, antialias), x);
}

}  // namespace tanuki::ops
