#pragma once

// EfficientNetB0 with Keras' names. (Tan and Le, "EfficientNet: rethinking model scaling for convolutional neural networks",
// 2019; keras/src/applications/efficientnet.py) Images enter as they are, 0 to 255: the network has its own Rescaling and
// Normalization, whose numbers are among the weights. With weights="imagenet" Keras puts another Rescaling behind these,
// by 1 / sqrt of ImageNet's deviations, which makes good a mistake of the original; it has no weights, so that files of both
// kinds look alike: say .imagenet = true for those that Keras published, and for what was fine-tuned from them.

#include "tanuki/applications/application.hpp"
#include "tanuki/applications/mobilenet_v2.hpp"
#include "tanuki/layers/dropout.hpp"
#include "tanuki/layers/multiply.hpp"
#include "tanuki/layers/normalization.hpp"
#include "tanuki/layers/rescaling.hpp"
#include "tanuki/layers/reshape.hpp"

namespace tanuki::applications {

struct EfficientNetB0Options {
  std::string weights = {};  ///< a safetensors file from `tanuki convert`; none: random weights
  bool imagenet = false;     ///< as Keras builds it for weights="imagenet"
  Shape input_shape = {224, 224, 3};
  bool include_top = true;  ///< end in `classes` probabilities, else in the features before
  Index classes = 1000;
  std::string classifier_activation = "softmax";
  std::string name = {};  ///< none: Keras', "efficientnetb0"
  bool mmap = false;      ///< the weights stay in the file, see LoadWeightsOptions
};

namespace detail {

template <class B>
class EfficientNetBuilder {
 public:
  using Tensor = SymbolicTensor<B>;

  struct Stage {
    Index kernel_size;
    int repeats;
    Index filters, expansion, strides;
  };

  static Initializer kernels() {
    return variance_scaling({.scale = 2, .mode = "fan_out", .distribution = "truncated_normal"});
  }

  /// Convolution without a bias, then batch normalisation.
  Tensor conv(const Tensor& x, Index filters, const std::string& name, const std::string& normalization) {
    const auto y = Conv2D<B>({.filters = filters,
                              .kernel_size = 1,
                              .padding = "same",
                              .use_bias = false,
                              .kernel_initializer = kernels(),
                              .name = name})(x);
    return BatchNormalization<B>({.name = normalization})(y);
  }
  Tensor swish(const Tensor& x, const std::string& name) { return Activation<B>("silu", name)(x); }

  Tensor stem(const Tensor& x) {
    auto y = ZeroPadding2D<B>({.padding = halving_padding(x.shape(), 3), .name = "stem_conv_pad"})(x);
    y = Conv2D<B>({.filters = 32,
                   .kernel_size = 3,
                   .strides = 2,
                   .use_bias = false,
                   .kernel_initializer = kernels(),
                   .name = "stem_conv"})(y);
    return swish(BatchNormalization<B>({.name = "stem_bn"})(y), "stem_activation");
  }

  /// Wider, filtered, weighed channel by channel, and narrower again, beside the input where both fit.
  Tensor block(const Tensor& input, const Stage& stage, Index strides, float drop_rate,
               const std::string& name) {
    const Index channels = input.shape().back(), wide = channels * stage.expansion;
    auto x = input;
    if (stage.expansion != 1)
      x = swish(conv(x, wide, name + "expand_conv", name + "expand_bn"), name + "expand_activation");
    if (strides == 2)
      x = ZeroPadding2D<B>(
          {.padding = halving_padding(x.shape(), stage.kernel_size), .name = name + "dwconv_pad"})(x);
    x = DepthwiseConv2D<B>({.kernel_size = stage.kernel_size,
                            .strides = strides,
                            .padding = strides == 2 ? "valid" : "same",
                            .use_bias = false,
                            .depthwise_initializer = kernels(),
                            .name = name + "dwconv"})(x);
    x = swish(BatchNormalization<B>({.name = name + "bn"})(x), name + "activation");
    x = squeeze_and_excite(x, std::max<Index>(1, channels / 4), name + "se_");
    x = conv(x, stage.filters, name + "project_conv", name + "project_bn");
    if (strides != 1 || channels != stage.filters) return x;
    if (drop_rate > 0) {
      x = Dropout<B>({.rate = drop_rate,
                      .noise_shape = std::vector<std::optional<Index>>{std::nullopt, 1, 1, 1},
                      .name = name + "drop"})(x);
    }
    return Add<B>({.name = name + "add"})({x, input});
  }

 private:
  Tensor squeeze_and_excite(const Tensor& x, Index squeezed, const std::string& name) {
    const Index channels = x.shape().back();
    const auto weigh = [&](const Tensor& y, Index filters, const char* activation, const char* part) {
      return Conv2D<B>({.filters = filters,
                        .kernel_size = 1,
                        .padding = "same",
                        .activation = activation,
                        .kernel_initializer = kernels(),
                        .name = name + part})(y);
    };
    auto scale = GlobalAveragePooling2D<B>({.name = name + "squeeze"})(x);
    scale = Reshape<B>({.target_shape = {1, 1, channels}, .name = name + "reshape"})(scale);
    scale = weigh(scale, squeezed, "silu", "reduce");
    scale = weigh(scale, channels, "sigmoid", "expand");
    return Multiply<B>({.name = name + "excite"})({x, scale});
  }
};

}  // namespace detail

/// Throws Error for an input smaller than 32 × 32 and for a weight file that does not fit.
template <class B = Cpu>
Model<B> EfficientNetB0(const EfficientNetB0Options& options = {}) {
  const ApplicationOptions shared{options.weights, options.input_shape,           options.include_top,
                                  options.classes, options.classifier_activation, options.name,
                                  options.mmap};
  const detail::FilledByFile filled(shared.weights);
  const auto input = detail::application_input<B>(shared, 224, 32, "efficientnetb0");
  using Builder = detail::EfficientNetBuilder<B>;
  using Stage = typename Builder::Stage;
  Builder net;
  detail::FreshNames names;
  auto x = Rescaling<B>({.scale = 1 / 255.0f, .name = names("rescaling")})(input);
  x = Normalization<B>({.name = names("normalization")})(x);
  if (options.imagenet) {
    std::vector<float> scale;
    for (const double deviation : {0.229, 0.224, 0.225}) scale.push_back(float(1 / std::sqrt(deviation)));
    x = Rescaling<B>({.scale = scale, .name = names("rescaling")})(x);
  }
  x = net.stem(x);
  const std::vector<Stage> stages{{3, 1, 16, 1, 1},  {3, 2, 24, 6, 2},  {5, 2, 40, 6, 2}, {3, 3, 80, 6, 2},
                                  {5, 3, 112, 6, 1}, {5, 4, 192, 6, 2}, {3, 1, 320, 6, 1}};
  int number = 0;
  for (std::size_t s = 0; s < stages.size(); ++s) {
    for (int k = 0; k < stages[s].repeats; ++k) {
      const std::string name = "block" + std::to_string(s + 1) + char('a' + k) + "_";
      x = net.block(x, stages[s], k ? 1 : stages[s].strides, float(0.2 * number++ / 16), name);
    }
  }
  x = net.swish(net.conv(x, 1280, "top_conv", "top_bn"), "top_activation");
  if (options.include_top) {
    x = GlobalAveragePooling2D<B>({.name = "avg_pool"})(x);
    x = Dropout<B>({.rate = 0.2f, .name = "top_dropout"})(x);
    const auto uniform = variance_scaling({.scale = 1 / 3.0, .mode = "fan_out", .distribution = "uniform"});
    x = detail::predictions(x, shared, uniform);
  }
  return detail::application(input, x, shared, "efficientnetb0");
}

}  // namespace tanuki::applications
