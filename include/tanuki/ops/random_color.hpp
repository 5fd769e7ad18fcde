#pragma once

// Changes the numbers of each image (height, width, channels) of a batch by a draw of its own, uniform(n) between two
// ends, and cuts them off at those of `values`.
//   contrast: (x - mean) · draw + mean, the mean of each channel of the image;  brightness: x + draw.
// No gradient flows through.
// (keras/src/layers/preprocessing/image_preprocessing/random_contrast.py and random_brightness.py)

#include <array>

#include "tanuki/ops/graph.hpp"
#include "tanuki/ops/image.hpp"

namespace tanuki::ops {

struct RandomColorOptions {
  float lower, upper;           ///< of the draw
  std::array<float, 2> values;  ///< the least and the largest number
};

/// A backend gives: contrast and brightness(context, random, options, x, y), y may be x.
template <class B>
struct RandomColorKernel {
  static_assert(backend_missing<B>,
                "this backend has no random_color kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class RandomColor : public Op<B> {
 public:
  Shape output_shape(std::span<const Shape> inputs) const override {
    expect_image(inputs[0], this->name());
    return inputs[0];
  }
  Reads reads(Wanted) const override { return {}; }
  bool overwrites_input() const override { return true; }
  bool differentiable() const override { return false; }
  void backward(const BackwardPass<B>&) const override {}

 protected:
  explicit RandomColor(const RandomColorOptions& options) : options_(options) {}
  const RandomColorOptions options_;
};

template <class B>
class RandomContrast final : public RandomColor<B> {
 public:
  explicit RandomContrast(const RandomColorOptions& options) : RandomColor<B>(options) {}
  std::string_view name() const override { return "random_contrast"; }
  void forward(const ForwardPass<B>& pass) const override {
    RandomColorKernel<B>::contrast(pass.context, pass.random.per_example(1), this->options_, pass.inputs[0],
                                   pass.output);
  }
};

template <class B>
class RandomBrightness final : public RandomColor<B> {
 public:
  explicit RandomBrightness(const RandomColorOptions& options) : RandomColor<B>(options) {}
  std::string_view name() const override { return "random_brightness"; }
  void forward(const ForwardPass<B>& pass) const override {
    RandomColorKernel<B>::brightness(pass.context, pass.random.per_example(1), this->options_, pass.inputs[0],
                                     pass.output);
  }
};

template <class B>
Value<B> random_contrast(Value<B> x, const RandomColorOptions& options) {
  return x.graph->emit(std::make_shared<RandomContrast<B>>(options), x);
}
template <class B>
Value<B> random_brightness(Value<B> x, const RandomColorOptions& options) {
  return x.graph->emit(std::make_shared<RandomBrightness<B>>(options), x);
}

}  // namespace tanuki::ops
