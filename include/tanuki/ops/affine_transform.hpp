#pragma once

// Moves the pixels of each image (height, width, channels) of a batch: output (x, y) is read at input
// (a0 x + a1 y + a2, b0 x + b1 y + b2), between pixels by interpolation, outside of the image as fill_mode says.
// What a random layer draws is a matrix for each image. No gradient flows through.
// (tf.raw_ops.ImageProjectiveTransformV3, keras/src/backend/tensorflow/image.py: affine_transform)

#include <string_view>

#include "tanuki/ops/graph.hpp"
#include "tanuki/ops/image.hpp"

namespace tanuki::ops {

struct AffineMatrix {
  float a0 = 1, a1 = 0, a2 = 0, b0 = 0, b1 = 1, b2 = 0;
};

/// What lies beyond the edge of a b c d: constant k | nearest a a a, d d d | reflect c b a, d c b |
/// wrap b c d, a b c.
enum class FillMode { constant, nearest, reflect, wrap };

/// How an image is read.
struct AffineSampling {
  FillMode fill_mode = FillMode::reflect;
  bool bilinear = true;  ///< else the nearest pixel
  float fill_value = 0;  ///< of FillMode::constant
};

/// A backend gives: forward(context, matrices, sampling, x, y), a matrix an image.
template <class B>
struct AffineTransformKernel {
  static_assert(backend_missing<B>,
                "this backend has no affine_transform kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

/// A derived op says how many words it draws for an image, and what matrix follows from them.
template <class B>
class AffineTransform : public Op<B> {
 public:
  Shape output_shape(std::span<const Shape> inputs) const override {
    expect_image(inputs[0], this->name());
    return inputs[0];
  }
  Reads reads(Wanted) const override { return {}; }
  bool differentiable() const override { return false; }

  void forward(const ForwardPass<B>& pass) const override {
    const Shape& batch = pass.inputs[0].shape;
    const Random random = pass.random.per_example(draws());
    std::vector<AffineMatrix> matrices;
    for (Index n = 0; n < batch[0]; ++n)
      matrices.push_back(matrix(random, std::uint64_t(n) * draws(), batch[1], batch[2]));
    AffineTransformKernel<B>::forward(pass.context, matrices, sampling_, pass.inputs[0], pass.output);
  }
  void backward(const BackwardPass<B>&) const override {}

 protected:
  explicit AffineTransform(AffineSampling sampling) : sampling_(sampling) {}

 private:
  virtual std::uint64_t draws() const = 0;
  /// Of the image whose words begin at `first`.
  virtual AffineMatrix matrix(const Random& random, std::uint64_t first, Index height, Index width) const = 0;

  AffineSampling sampling_;
};

}  // namespace tanuki::ops
