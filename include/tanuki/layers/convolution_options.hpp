#pragma once

// The checks that the convolution layers share.

#include "tanuki/layers/activation_functions.hpp"
#include "tanuki/layers/options.hpp"
#include "tanuki/ops/image.hpp"

namespace tanuki {

/// Throws Error, naming the layer and the option, where the number is below 1.
inline void expect_positive(const std::string& layer, std::string_view option, Index number) {
  if (number < 1) fail("in '", layer, "': ", option, " is ", number, ", expected at least 1");
}
inline void expect_positive(const std::string& layer, std::string_view option, ops::Size2D size) {
  if (size.height < 1 || size.width < 1) {
    fail("in '", layer, "': ", option, " is ", size.str(), ", expected numbers of at least 1");
  }
}

/// What Conv2D, DepthwiseConv2D and SeparableConv2D make of their options. Throws Error for an unknown name.
struct ConvolutionSettings {
  ops::ConvolutionOptions window;
  ActivationFunction activation;

  template <class Options>
  ConvolutionSettings(const std::string& layer, const Options& options)
      : window{options.strides, checked_option(layer, [&] { return find_padding(options.padding); })},
        activation(checked_option(layer, [&] { return find_activation(options.activation); })) {
    expect_positive(layer, "kernel_size", options.kernel_size);
    expect_positive(layer, "strides", options.strides);
  }
};

}  // namespace tanuki
