#pragma once

// A part of the same size of each image (height, width, channels) of a batch. Of image n it begins at row
// floor(uniform(2 n) · (H - height + 1)) and column floor(uniform(2 n + 1) · (W - width + 1)). Keras draws once for a
// batch. No gradient flows through. (keras/src/layers/preprocessing/image_preprocessing/random_crop.py)

#include "tanuki/ops/graph.hpp"
#include "tanuki/ops/window.hpp"

namespace tanuki::ops {

/// A backend gives: forward(context, random, x, y), y being the smaller image.
template <class B>
struct RandomCropKernel {
  static_assert(backend_missing<B>,
                "this backend has no random_crop kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class RandomCrop final : public Op<B> {
 public:
  explicit RandomCrop(Size2D size) : size_(size) {}

  std::string_view name() const override { return "random_crop"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const Shape& x = inputs[0];
    expect_image(x, name());
    if (size_.height < 1 || size_.width < 1 || size_.height > x[0] || size_.width > x[1])
      fail("[random_crop] input ", x, " has no part of ", size_.str());
    return {size_.height, size_.width, x[2]};
  }
  Reads reads(Wanted) const override { return {}; }
  bool differentiable() const override { return false; }

  void forward(const ForwardPass<B>& pass) const override {
    RandomCropKernel<B>::forward(pass.context, pass.random.per_example(2), pass.inputs[0], pass.output);
  }
  void backward(const BackwardPass<B>&) const override {}

 private:
  Size2D size_;
};

template <class B>
Value<B> random_crop(Value<B> x, Size2D size) {
  return x.graph->emit(std::make_shared<RandomCrop<B>>(size), x);
}

}  // namespace tanuki::ops
