#pragma once

// What InceptionV3 and InceptionResNetV2 are written down with.

#include "tanuki/applications/application.hpp"
#include "tanuki/layers/average_pooling2d.hpp"
#include "tanuki/layers/concatenate.hpp"
#include "tanuki/layers/max_pooling2d.hpp"

namespace tanuki::applications::detail {

template <class B>
class InceptionBuilder {
 public:
  using Tensor = SymbolicTensor<B>;

  /// Convolution, normalisation without a scale, and ReLU.
  Tensor conv(const Tensor& x, Index filters, ops::Size2D kernel, Index strides = 1,
              const char* padding = "same") {
    auto y = Conv2D<B>({.filters = filters,
                        .kernel_size = kernel,
                        .strides = strides,
                        .padding = padding,
                        .use_bias = false,
                        .name = names("conv2d")})(x);
    y = BatchNormalization<B>({.scale = false, .name = names("batch_normalization")})(y);
    return Activation<B>("relu", names("activation"))(y);
  }
  /// Of half the size.
  Tensor conv_down(const Tensor& x, Index filters) { return conv(x, filters, 3, 2, "valid"); }
  Tensor pool_down(const Tensor& x) {
    return MaxPooling2D<B>({.pool_size = 3, .strides = 2, .name = names("max_pooling2d")})(x);
  }
  /// The mean of 3 × 3, then a 1 × 1 convolution.
  Tensor pool_conv(const Tensor& x, Index filters) {
    const auto y = AveragePooling2D<B>(
        {.pool_size = 3, .strides = 1, .padding = "same", .name = names("average_pooling2d")})(x);
    return conv(y, filters, 1);
  }
  Tensor concatenate(const std::vector<Tensor>& branches, const std::string& name) {
    return Concatenate<B>({.name = name})(branches);
  }

  /// From the image to 192 channels at an eighth of the size.
  Tensor stem(const Tensor& input) {
    auto x = conv_down(input, 32);
    x = conv(x, 32, 3, 1, "valid");
    x = pool_down(conv(x, 64, 3));
    x = conv(x, 80, 1, 1, "valid");
    return pool_down(conv(x, 192, 3, 1, "valid"));
  }

  FreshNames names;
};

}  // namespace tanuki::applications::detail
