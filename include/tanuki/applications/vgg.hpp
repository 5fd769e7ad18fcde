#pragma once

// VGG16 and VGG19 with Keras' names. (Simonyan and Zisserman, "Very deep convolutional networks for large-scale image
// recognition", 2015; keras/src/applications/vgg16.py, vgg19.py) Images enter as BGR with ImageNet's mean taken off:
// preprocess_input's mode "caffe".

#include "tanuki/applications/application.hpp"
#include "tanuki/layers/flatten.hpp"
#include "tanuki/layers/max_pooling2d.hpp"

namespace tanuki::applications {

namespace detail {

/// Five blocks of so many 3×3 convolutions and a pooling.
template <class B>
Model<B> vgg(const ApplicationOptions& options, const std::vector<int>& convolutions, const char* name) {
  const FilledByFile filled(options.weights);
  const auto input = application_input<B>(options, 224, 32, name);
  auto x = input;
  Index filters = 64;
  for (std::size_t b = 0; b < convolutions.size(); ++b) {
    const std::string block = "block" + std::to_string(b + 1);
    for (int k = 1; k <= convolutions[b]; ++k) {
      x = Conv2D<B>({.filters = filters,
                     .kernel_size = 3,
                     .padding = "same",
                     .activation = "relu",
                     .name = block + "_conv" + std::to_string(k)})(x);
    }
    x = MaxPooling2D<B>({.pool_size = 2, .strides = 2, .name = block + "_pool"})(x);
    filters = std::min<Index>(2 * filters, 512);
  }
  if (options.include_top) {
    x = Flatten<B>({.name = "flatten"})(x);
    x = Dense<B>({.units = 4096, .activation = "relu", .name = "fc1"})(x);
    x = Dense<B>({.units = 4096, .activation = "relu", .name = "fc2"})(x);
    x = predictions(x, options);
  }
  return application(input, x, options, name);
}

}  // namespace detail

/// Throws Error for an input smaller than 32 × 32 and for a weight file that does not fit.
template <class B = Cpu>
Model<B> VGG16(const ApplicationOptions& options = {}) {
  return detail::vgg<B>(options, {2, 2, 3, 3, 3}, "vgg16");
}
template <class B = Cpu>
Model<B> VGG19(const ApplicationOptions& options = {}) {
  return detail::vgg<B>(options, {2, 2, 4, 4, 4}, "vgg19");
}

}  // namespace tanuki::applications
