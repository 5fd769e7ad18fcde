#pragma once

// MobileNetV2 with Keras' names. (Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", 2018;
// keras/src/applications/mobilenet_v2.py) Images enter as x / 127.5 - 1.

#include <iomanip>
#include <sstream>

#include "tanuki/applications/application.hpp"
#include "tanuki/layers/add.hpp"
#include "tanuki/layers/depthwise_conv2d.hpp"
#include "tanuki/layers/relu.hpp"
#include "tanuki/layers/zero_padding2d.hpp"

namespace tanuki::applications {

namespace detail {

/// The multiple of 8 that is nearest, but not below nine tenths.
inline Index multiple_of_8(double filters) {
  const Index nearest = std::max<Index>(8, Index(filters + 4) / 8 * 8);
  return double(nearest) < 0.9 * filters ? nearest + 8 : nearest;
}

/// The padding with which a convolution that halves an image, "valid", is one with "same" in Keras' first releases.
inline ops::Borders halving_padding(const Shape& image, Index kernel_size) {
  const auto ends = [&](Index size) { return ops::Ends(kernel_size / 2 - (1 - size % 2), kernel_size / 2); };
  return {ends(image[0]), ends(image[1])};
}

template <class B>
class MobileNetV2Builder {
 public:
  using Tensor = SymbolicTensor<B>;

  Tensor normalize(const Tensor& x, const std::string& name) {
    return BatchNormalization<B>({.momentum = 0.999f, .epsilon = 1e-3f, .name = name})(x);
  }
  Tensor relu6(const Tensor& x, const std::string& name) {
    return ReLU<B>({.max_value = 6.0f, .name = name})(x);
  }
  Tensor pointwise(const Tensor& x, Index filters, const std::string& name) {
    return Conv2D<B>(
        {.filters = filters, .kernel_size = 1, .padding = "same", .use_bias = false, .name = name})(x);
  }

  /// Wider, filtered, and narrower again, beside the input where both fit.
  Tensor block(const Tensor& input, Index filters, Index strides, int number) {
    const std::string prefix = number ? "block_" + std::to_string(number) + "_" : "expanded_conv_";
    const Index channels = input.shape().back();
    auto x = input;
    if (number) {
      x = pointwise(x, 6 * channels, prefix + "expand");
      x = relu6(normalize(x, prefix + "expand_BN"), prefix + "expand_relu");
    }
    if (strides == 2)
      x = ZeroPadding2D<B>({.padding = halving_padding(x.shape(), 3), .name = prefix + "pad"})(x);
    x = DepthwiseConv2D<B>({.kernel_size = 3,
                            .strides = strides,
                            .padding = strides == 1 ? "same" : "valid",
                            .use_bias = false,
                            .name = prefix + "depthwise"})(x);
    x = relu6(normalize(x, prefix + "depthwise_BN"), prefix + "depthwise_relu");
    x = normalize(pointwise(x, filters, prefix + "project"), prefix + "project_BN");
    return channels == filters && strides == 1 ? Add<B>({.name = prefix + "add"})({input, x}) : x;
  }
};

}  // namespace detail

struct MobileNetV2Options {
  std::string weights = {};  ///< a safetensors file from `tanuki convert`; none: random weights
  Shape input_shape = {224, 224, 3};
  double alpha = 1;         ///< how wide: every layer has so many times its filters
  bool include_top = true;  ///< end in `classes` probabilities, else in the features before
  Index classes = 1000;
  std::string classifier_activation = "softmax";
  std::string name = {};  ///< none: Keras', "mobilenetv2_1.00_224"
  bool mmap = false;      ///< the weights stay in the file, see LoadWeightsOptions
};

/// Throws Error for an input smaller than 32 × 32, an alpha that is not above 0, and for a weight file that does not fit.
template <class B = Cpu>
Model<B> MobileNetV2(const MobileNetV2Options& options = {}) {
  std::ostringstream name;
  const bool square = options.input_shape.rank() == 3 && options.input_shape[0] == options.input_shape[1];
  name << "mobilenetv2_" << std::fixed << std::setprecision(2) << options.alpha << '_'
       << (square ? options.input_shape[0] : 224);
  const ApplicationOptions shared{options.weights, options.input_shape,           options.include_top,
                                  options.classes, options.classifier_activation, options.name,
                                  options.mmap};
  if (!(options.alpha > 0)) fail("in '", name.str(), "': alpha is ", options.alpha, ", expected above 0");
  const detail::FilledByFile filled(shared.weights);
  const auto input = detail::application_input<B>(shared, 224, 32, name.str().c_str());
  detail::MobileNetV2Builder<B> net;
  auto x = Conv2D<B>({.filters = detail::multiple_of_8(32 * options.alpha),
                      .kernel_size = 3,
                      .strides = 2,
                      .padding = "same",
                      .use_bias = false,
                      .name = "Conv1"})(input);
  x = net.relu6(net.normalize(x, "bn_Conv1"), "Conv1_relu");
  struct Stage {
    Index filters, strides;
    int blocks;
  };
  int number = 0;
  for (const Stage& stage : {Stage{16, 1, 1}, Stage{24, 2, 2}, Stage{32, 2, 3}, Stage{64, 2, 4},
                             Stage{96, 1, 3}, Stage{160, 2, 3}, Stage{320, 1, 1}}) {
    const Index filters = detail::multiple_of_8(std::floor(double(stage.filters) * options.alpha));
    for (int k = 0; k < stage.blocks; ++k) x = net.block(x, filters, k ? 1 : stage.strides, number++);
  }
  x = Conv2D<B>({.filters = options.alpha > 1 ? detail::multiple_of_8(1280 * options.alpha) : 1280,
                 .kernel_size = 1,
                 .use_bias = false,
                 .name = "Conv_1"})(x);
  x = net.relu6(net.normalize(x, "Conv_1_bn"), "out_relu");
  if (options.include_top)
    x = detail::predictions(GlobalAveragePooling2D<B>({.name = "global_average_pooling2d"})(x), shared);
  return detail::application(input, x, shared, name.str());
}

}  // namespace tanuki::applications
