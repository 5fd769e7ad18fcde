#pragma once

// Xception with Keras' names. (Chollet, "Xception: deep learning with depthwise separable convolutions",
// 2017; keras/src/applications/xception.py) Images are scaled to x / 127.5 - 1 before they enter. The layers
// that Keras names automatically have the names of a fresh process: conv2d, batch_normalization, add …

#include "tanuki/applications/application.hpp"
#include "tanuki/layers/activation.hpp"
#include "tanuki/layers/add.hpp"
#include "tanuki/layers/batch_normalization.hpp"
#include "tanuki/layers/conv2d.hpp"
#include "tanuki/layers/dense.hpp"
#include "tanuki/layers/global_average_pooling2d.hpp"
#include "tanuki/layers/max_pooling2d.hpp"
#include "tanuki/layers/separable_conv2d.hpp"
#include "tanuki/models/model.hpp"

namespace tanuki::applications {

struct XceptionOptions {
  std::string weights = {};           ///< a safetensors file from `tanuki convert`; none: random weights
  Shape input_shape = {299, 299, 3};  ///< at least 71 × 71
  bool include_top = true;            ///< end in `classes` probabilities, else in (h, w, 2048) features
  Index classes = 1000;
  std::string classifier_activation = "softmax";
  std::string name = "xception";
  bool mmap = false;  ///< the weights stay in the file, see LoadWeightsOptions
};

namespace detail {

/// Writes Xception's blocks down one after the other.
template <class B>
class XceptionBuilder {
 public:
  explicit XceptionBuilder(SymbolicTensor<B> input) : x_(std::move(input)) {}

  const SymbolicTensor<B>& output() const { return x_; }

  void conv(Index filters, Index strides, const std::string& name) {
    x_ = Conv2D<B>(
        {.filters = filters, .kernel_size = 3, .strides = strides, .use_bias = false, .name = name})(x_);
    x_ = BatchNormalization<B>({.name = name + "_bn"})(x_);
    act(name + "_act");
  }

  void act(const std::string& name) { x_ = Activation<B>("relu", name)(x_); }

  void sepconv(Index filters, const std::string& name) {
    x_ = SeparableConv2D<B>(
        {.filters = filters, .kernel_size = 3, .padding = "same", .use_bias = false, .name = name})(x_);
    x_ = BatchNormalization<B>({.name = name + "_bn"})(x_);
  }

  /// Two separable convolutions and a pooling, beside a strided 1×1 convolution.
  void downsampling_block(Index first, Index second, const std::string& name, bool starts_with_act) {
    const auto shortcut = residual(second);
    if (starts_with_act) act(name + "_sepconv1_act");
    sepconv(first, name + "_sepconv1");
    act(name + "_sepconv2_act");
    sepconv(second, name + "_sepconv2");
    x_ = MaxPooling2D<B>({.pool_size = 3, .strides = 2, .padding = "same", .name = name + "_pool"})(x_);
    add(shortcut);
  }

  /// Three separable convolutions beside the identity.
  void middle_block(const std::string& name) {
    const auto shortcut = x_;
    for (const char* k : {"1", "2", "3"}) {
      act(name + "_sepconv" + k + "_act");
      sepconv(728, name + "_sepconv" + k);
    }
    add(shortcut);
  }

  void top(const XceptionOptions& options) {
    x_ = GlobalAveragePooling2D<B>({.name = "avg_pool"})(x_);
    x_ = Dense<B>(
        {.units = options.classes, .activation = options.classifier_activation, .name = "predictions"})(x_);
  }

 private:
  static std::string automatic(const std::string& name, int count) {
    return count ? name + "_" + std::to_string(count) : name;
  }

  SymbolicTensor<B> residual(Index filters) {
    const int k = residuals_++;
    const auto y = Conv2D<B>({.filters = filters,
                              .kernel_size = 1,
                              .strides = 2,
                              .padding = "same",
                              .use_bias = false,
                              .name = automatic("conv2d", k)})(x_);
    return BatchNormalization<B>({.name = automatic("batch_normalization", k)})(y);
  }

  void add(const SymbolicTensor<B>& shortcut) {
    x_ = Add<B>({.name = automatic("add", adds_++)})({x_, shortcut});
  }

  SymbolicTensor<B> x_;
  int residuals_ = 0, adds_ = 0;
};

}  // namespace detail

/// Throws Error for an input smaller than 71 × 71 and for a weight file that does not fit.
template <class B = Cpu>
Model<B> Xception(const XceptionOptions& options = {}) {
  const Shape& shape = options.input_shape;
  const detail::FilledByFile filled(options.weights);
  if (shape.rank() != 3 || shape[0] < 71 || shape[1] < 71) {
    fail("in '", options.name, "': input_shape is ", shape,
         ", expected (height, width, channels) of at least 71 × 71");
  }
  const auto input = Input<B>(shape);
  detail::XceptionBuilder<B> net(input);
  net.conv(32, 2, "block1_conv1");
  net.conv(64, 1, "block1_conv2");
  net.downsampling_block(128, 128, "block2", false);
  net.downsampling_block(256, 256, "block3", true);
  net.downsampling_block(728, 728, "block4", true);
  for (int block = 5; block <= 12; ++block) net.middle_block("block" + std::to_string(block));
  net.downsampling_block(728, 1024, "block13", true);
  for (const auto& [filters, name] :
       {std::pair{1536, "block14_sepconv1"}, std::pair{2048, "block14_sepconv2"}}) {
    net.sepconv(filters, name);
    net.act(std::string(name) + "_act");
  }
  if (options.include_top) net.top(options);
  Model<B> model(input, net.output(), options.name);
  if (!options.weights.empty()) model.load_weights(options.weights, {.mmap = options.mmap});
  return model;
}

}  // namespace tanuki::applications
