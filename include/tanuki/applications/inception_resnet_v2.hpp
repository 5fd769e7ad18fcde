#pragma once

// InceptionResNetV2 with Keras' names. (Szegedy et al., "Inception-v4, Inception-ResNet and the impact of residual
// connections on learning", 2017; keras/src/applications/inception_resnet_v2.py) Images enter as x / 127.5 - 1.

#include "tanuki/applications/inception.hpp"
#include "tanuki/layers/custom_scale_layer.hpp"

namespace tanuki::applications {

namespace detail {

template <class B>
class InceptionResNetV2Builder : public InceptionBuilder<B> {
 public:
  using Tensor = SymbolicTensor<B>;

  Tensor block_5b(const Tensor& x) {
    const auto one = this->conv(x, 96, 1);
    auto five = this->conv(x, 48, 1);
    five = this->conv(five, 64, 5);
    auto three = this->conv(x, 64, 1);
    three = this->conv(three, 96, 3);
    three = this->conv(three, 96, 3);
    return this->concatenate({one, five, three, this->pool_conv(x, 64)}, "mixed_5b");
  }

  Tensor block35(const Tensor& x, int number) {
    const auto one = this->conv(x, 32, 1);
    auto two = this->conv(x, 32, 1);
    two = this->conv(two, 32, 3);
    auto three = this->conv(x, 32, 1);
    three = this->conv(three, 48, 3);
    three = this->conv(three, 64, 3);
    return residual(x, {one, two, three}, 0.17f, "block35_" + std::to_string(number));
  }

  Tensor block_6a(const Tensor& x) {
    const auto one = this->conv_down(x, 384);
    auto two = this->conv(x, 256, 1);
    two = this->conv_down(this->conv(two, 256, 3), 384);
    return this->concatenate({one, two, this->pool_down(x)}, "mixed_6a");
  }

  Tensor block17(const Tensor& x, int number) {
    const auto one = this->conv(x, 192, 1);
    auto two = this->conv(x, 128, 1);
    two = this->conv(two, 160, {1, 7});
    two = this->conv(two, 192, {7, 1});
    return residual(x, {one, two}, 0.1f, "block17_" + std::to_string(number));
  }

  Tensor block_7a(const Tensor& x) {
    const auto one = this->conv_down(this->conv(x, 256, 1), 384);
    const auto two = this->conv_down(this->conv(x, 256, 1), 288);
    auto three = this->conv(x, 256, 1);
    three = this->conv_down(this->conv(three, 288, 3), 320);
    return this->concatenate({one, two, three, this->pool_down(x)}, "mixed_7a");
  }

  /// The last one is added whole, and has no ReLU.
  Tensor block8(const Tensor& x, int number, bool last = false) {
    const auto one = this->conv(x, 192, 1);
    auto two = this->conv(x, 192, 1);
    two = this->conv(two, 224, {1, 3});
    two = this->conv(two, 256, {3, 1});
    return residual(x, {one, two}, last ? 1.0f : 0.2f, "block8_" + std::to_string(number), !last);
  }

  Tensor end(const Tensor& x) {
    auto y = Conv2D<B>(
        {.filters = 1536, .kernel_size = 1, .padding = "same", .use_bias = false, .name = "conv_7b"})(x);
    y = BatchNormalization<B>({.scale = false, .name = "conv_7b_bn"})(y);
    return Activation<B>("relu", "conv_7b_ac")(y);
  }

 private:
  /// x and `scale` times what the branches give.
  Tensor residual(const Tensor& x, const std::vector<Tensor>& branches, float scale, const std::string& name,
                  bool activates = true) {
    auto up = this->concatenate(branches, name + "_mixed");
    up = Conv2D<B>(
        {.filters = x.shape().back(), .kernel_size = 1, .padding = "same", .name = name + "_conv"})(up);
    const auto sum =
        CustomScaleLayer<B>({.scale = scale, .name = this->names("custom_scale_layer")})({x, up});
    return activates ? Activation<B>("relu", name + "_ac")(sum) : sum;
  }
};

}  // namespace detail

/// Throws Error for an input smaller than 75 × 75 and for a weight file that does not fit.
template <class B = Cpu>
Model<B> InceptionResNetV2(const ApplicationOptions& options = {}) {
  const detail::FilledByFile filled(options.weights);
  const auto input = detail::application_input<B>(options, 299, 75, "inception_resnet_v2");
  detail::InceptionResNetV2Builder<B> net;
  auto x = net.block_5b(net.stem(input));
  for (int k = 1; k <= 10; ++k) x = net.block35(x, k);
  x = net.block_6a(x);
  for (int k = 1; k <= 20; ++k) x = net.block17(x, k);
  x = net.block_7a(x);
  for (int k = 1; k <= 10; ++k) x = net.block8(x, k, k == 10);
  x = net.end(x);
  if (options.include_top)
    x = detail::predictions(GlobalAveragePooling2D<B>({.name = "avg_pool"})(x), options);
  return detail::application(input, x, options, "inception_resnet_v2");
}

}  // namespace tanuki::applications
