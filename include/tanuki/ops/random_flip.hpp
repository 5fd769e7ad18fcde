#pragma once

// Mirrors each image (height, width, channels) of a batch, or not: image n where uniform(n) ≤ 0.5. One draw
// decides for both axes of horizontal_and_vertical, as in Keras. No gradient flows through.
// (keras/src/layers/preprocessing/image_preprocessing/random_flip.py)

#include "tanuki/ops/graph.hpp"
#include "tanuki/ops/image.hpp"

namespace tanuki::ops {

enum class FlipMode { horizontal, vertical, horizontal_and_vertical };

/// A backend gives: forward(context, random, mode, x, y).
template <class B>
struct RandomFlipKernel {
  static_assert(backend_missing<B>,
                "this backend has no random_flip kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class RandomFlip final : public Op<B> {
 public:
  explicit RandomFlip(FlipMode mode) : mode_(mode) {}

  std::string_view name() const override { return "random_flip"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    expect_image(inputs[0], name());
    return inputs[0];
  }
  Reads reads(Wanted) const override { return {}; }
  bool differentiable() const override { return false; }

  void forward(const ForwardPass<B>& pass) const override {
    RandomFlipKernel<B>::forward(pass.context, pass.random.per_example(1), mode_, pass.inputs[0],
                                 pass.output);
  }
  void backward(const BackwardPass<B>&) const override {}

 private:
  FlipMode mode_;
};

template <class B>
Value<B> random_flip(Value<B> x, FlipMode mode) {
  return x.graph->emit(std::make_shared<RandomFlip<B>>(mode), x);
}

}  // namespace tanuki::ops
