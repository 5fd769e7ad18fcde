#pragma once

// Turns each image (height, width, channels) of a batch about its centre ((W - 1) / 2, (H - 1) / 2), image n
// by uniform(n) between two angles; positive is counter-clockwise. Bilinear; beyond its edges the image goes
// on mirrored, d c b a | a b c d | d c b a. No gradient flows through.
// (keras/src/layers/preprocessing/image_preprocessing/random_rotation.py,
// tf.raw_ops.ImageProjectiveTransformV3)

#include "tanuki/ops/graph.hpp"
#include "tanuki/ops/image.hpp"

namespace tanuki::ops {

/// In radians.
struct AngleRange {
  float lower, upper;
};

/// A backend gives: forward(context, random, range, x, y).
template <class B>
struct RandomRotationKernel {
  static_assert(backend_missing<B>,
                "this backend has no random_rotation kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class RandomRotation final : public Op<B> {
 public:
  explicit RandomRotation(AngleRange range) : range_(range) {}

  std::string_view name() const override { return "random_rotation"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    expect_image(inputs[0], name());
    return inputs[0];
  }
  Reads reads(Wanted) const override { return {}; }
  bool differentiable() const override { return false; }

  void forward(const ForwardPass<B>& pass) const override {
    RandomRotationKernel<B>::forward(pass.context, pass.random.per_example(1), range_, pass.inputs[0],
                                     pass.output);
  }
  void backward(const BackwardPass<B>&) const override {}

 private:
  AngleRange range_;
};

template <class B>
Value<B> random_rotation(Value<B> x, AngleRange range) {
  return x.graph->emit(std::make_shared<RandomRotation<B>>(range), x);
}

}  // namespace tanuki::ops
