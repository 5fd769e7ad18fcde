#pragma once

// InceptionV3 with Keras' names. (Szegedy et al., "Rethinking the inception architecture for computer vision", 2016;
// keras/src/applications/inception_v3.py) Images enter as x / 127.5 - 1.

#include "tanuki/applications/inception.hpp"

namespace tanuki::applications {

namespace detail {

template <class B>
class InceptionV3Builder : public InceptionBuilder<B> {
 public:
  using Tensor = SymbolicTensor<B>;

  Tensor block_35(const Tensor& x, Index pooled, const std::string& name) {
    const auto one = this->conv(x, 64, 1);
    auto five = this->conv(x, 48, 1);
    five = this->conv(five, 64, 5);
    auto three = this->conv(x, 64, 1);
    three = this->conv(three, 96, 3);
    three = this->conv(three, 96, 3);
    return this->concatenate({one, five, three, this->pool_conv(x, pooled)}, name);
  }

  Tensor reduce_35(const Tensor& x, const std::string& name) {
    const auto three = this->conv_down(x, 384);
    auto twice = this->conv(x, 64, 1);
    twice = this->conv_down(this->conv(twice, 96, 3), 96);
    return this->concatenate({three, twice, this->pool_down(x)}, name);
  }

  Tensor block_17(const Tensor& x, Index filters, const std::string& name) {
    const auto one = this->conv(x, 192, 1);
    auto seven = this->conv(x, filters, 1);
    seven = this->conv(seven, filters, {1, 7});
    seven = this->conv(seven, 192, {7, 1});
    auto twice = this->conv(x, filters, 1);
    twice = this->conv(twice, filters, {7, 1});
    twice = this->conv(twice, filters, {1, 7});
    twice = this->conv(twice, filters, {7, 1});
    twice = this->conv(twice, 192, {1, 7});
    return this->concatenate({one, seven, twice, this->pool_conv(x, 192)}, name);
  }

  Tensor reduce_17(const Tensor& x, const std::string& name) {
    const auto three = this->conv_down(this->conv(x, 192, 1), 320);
    auto seven = this->conv(x, 192, 1);
    seven = this->conv(seven, 192, {1, 7});
    seven = this->conv_down(this->conv(seven, 192, {7, 1}), 192);
    return this->concatenate({three, seven, this->pool_down(x)}, name);
  }

  /// `inner`: Keras names the one concatenation inside, and not the other.
  Tensor block_8(const Tensor& x, const std::string& inner, const std::string& name) {
    const auto one = this->conv(x, 320, 1);
    auto three = this->conv(x, 384, 1);
    auto wide = this->conv(three, 384, {1, 3}), high = this->conv(three, 384, {3, 1});
    three = this->concatenate({wide, high}, inner);
    auto twice = this->conv(x, 448, 1);
    twice = this->conv(twice, 384, 3);
    wide = this->conv(twice, 384, {1, 3}), high = this->conv(twice, 384, {3, 1});
    twice = this->concatenate({wide, high}, this->names("concatenate"));
    return this->concatenate({one, three, twice, this->pool_conv(x, 192)}, name);
  }
};

}  // namespace detail

/// Throws Error for an input smaller than 75 × 75 and for a weight file that does not fit.
template <class B = Cpu>
Model<B> InceptionV3(const ApplicationOptions& options = {}) {
  const detail::FilledByFile filled(options.weights);
  const auto input = detail::application_input<B>(options, 299, 75, "inception_v3");
  detail::InceptionV3Builder<B> net;
  auto x = net.stem(input);
  x = net.block_35(x, 32, "mixed0");
  x = net.block_35(x, 64, "mixed1");
  x = net.block_35(x, 64, "mixed2");
  x = net.reduce_35(x, "mixed3");
  x = net.block_17(x, 128, "mixed4");
  x = net.block_17(x, 160, "mixed5");
  x = net.block_17(x, 160, "mixed6");
  x = net.block_17(x, 192, "mixed7");
  x = net.reduce_17(x, "mixed8");
  x = net.block_8(x, "mixed9_0", "mixed9");
  x = net.block_8(x, "mixed9_1", "mixed10");
  if (options.include_top)
    x = detail::predictions(GlobalAveragePooling2D<B>({.name = "avg_pool"})(x), options);
  return detail::application(input, x, options, "inception_v3");
}

}  // namespace tanuki::applications
