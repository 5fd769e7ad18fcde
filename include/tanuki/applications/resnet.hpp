#pragma once

// ResNet50, ResNet101 and ResNet152 with Keras' names. (He et al., "Deep residual learning for image recognition", 2015;
// keras/src/applications/resnet.py) Images enter as BGR with ImageNet's mean taken off: preprocess_input's mode "caffe".

#include "tanuki/applications/application.hpp"
#include "tanuki/layers/add.hpp"
#include "tanuki/layers/max_pooling2d.hpp"
#include "tanuki/layers/zero_padding2d.hpp"

namespace tanuki::applications {

namespace detail {

template <class B>
SymbolicTensor<B> resnet_conv(const SymbolicTensor<B>& x, Conv2DOptions options) {
  const std::string name = options.name;
  options.name = name + "_conv";
  return BatchNormalization<B>({.epsilon = 1.001e-5f, .name = name + "_bn"})(Conv2D<B>(options)(x));
}

/// 1×1, 3×3 and 1×1 beside the input, or beside a 1×1 convolution of it.
template <class B>
SymbolicTensor<B> resnet_block(const SymbolicTensor<B>& input, Index filters, Index strides, bool convolves,
                               const std::string& name) {
  const auto relu = [&](const SymbolicTensor<B>& y, const std::string& part) {
    return Activation<B>("relu", name + part)(y);
  };
  auto shortcut = input;
  if (convolves)
    shortcut = resnet_conv(
        input, {.filters = 4 * filters, .kernel_size = 1, .strides = strides, .name = name + "_0"});
  auto x =
      resnet_conv(input, {.filters = filters, .kernel_size = 1, .strides = strides, .name = name + "_1"});
  x = relu(x, "_1_relu");
  x = resnet_conv(x, {.filters = filters, .kernel_size = 3, .padding = "same", .name = name + "_2"});
  x = relu(x, "_2_relu");
  x = resnet_conv(x, {.filters = 4 * filters, .kernel_size = 1, .name = name + "_3"});
  return relu(Add<B>({.name = name + "_add"})({shortcut, x}), "_out");
}

template <class B>
Model<B> resnet(const ApplicationOptions& options, const std::vector<int>& blocks, const char* name) {
  const FilledByFile filled(options.weights);
  const auto input = application_input<B>(options, 224, 32, name);
  auto x = ZeroPadding2D<B>({.padding = 3, .name = "conv1_pad"})(input);
  x = resnet_conv(x, {.filters = 64, .kernel_size = 7, .strides = 2, .name = "conv1"});
  x = Activation<B>("relu", "conv1_relu")(x);
  x = ZeroPadding2D<B>({.padding = 1, .name = "pool1_pad"})(x);
  x = MaxPooling2D<B>({.pool_size = 3, .strides = 2, .name = "pool1_pool"})(x);
  Index filters = 64;
  for (std::size_t stack = 0; stack < blocks.size(); ++stack, filters *= 2) {
    for (int k = 1; k <= blocks[stack]; ++k) {
      const Index strides = k == 1 && stack > 0 ? 2 : 1;
      const std::string block = "conv" + std::to_string(stack + 2) + "_block" + std::to_string(k);
      x = resnet_block(x, filters, strides, k == 1, block);
    }
  }
  if (options.include_top) x = predictions(GlobalAveragePooling2D<B>({.name = "avg_pool"})(x), options);
  return application(input, x, options, name);
}

}  // namespace detail

/// Throws Error for an input smaller than 32 × 32 and for a weight file that does not fit.
template <class B = Cpu>
Model<B> ResNet50(const ApplicationOptions& options = {}) {
  return detail::resnet<B>(options, {3, 4, 6, 3}, "resnet50");
}
template <class B = Cpu>
Model<B> ResNet101(const ApplicationOptions& options = {}) {
  return detail::resnet<B>(options, {3, 4, 23, 3}, "resnet101");
}
template <class B = Cpu>
Model<B> ResNet152(const ApplicationOptions& options = {}) {
  return detail::resnet<B>(options, {3, 8, 36, 3}, "resnet152");
}

}  // namespace tanuki::applications
