#pragma once

// What the convolution layers share: checks, and the names of their options.

#include "tanuki/layers/activation_functions.hpp"
#include "tanuki/layers/options.hpp"
#include "tanuki/ops/image.hpp"

namespace tanuki {

/// Throws Error, naming the layer and the option, where the number is below 1 or beyond what a window may have.
inline void expect_positive(const std::string& layer, std::string_view option, Index number) {
  constexpr Index most = Index{1} << 30;
  if (number < 1) fail("in '", layer, "': ", option, " is ", number, ", expected at least 1");
  if (number > most) fail("in '", layer, "': ", option, " is ", number, ", expected at most ", most);
}
inline void expect_positive(const std::string& layer, std::string_view option, ops::Size2D size) {
  if (size.height < 1 || size.width < 1) {
    fail("in '", layer, "': ", option, " is ", size.str(), ", expected numbers of at least 1");
  }
  expect_positive(layer, option, std::max(size.height, size.width));
}

/// A number of a layer over sequences, for an image of height 1.
inline ops::Size2D as_size(ops::Size2D size) { return size; }
inline ops::Size2D as_size(Index width) { return {1, width}; }

/// What the convolution layers make of their options. Throws Error for an unknown name and a number below 1.
struct ConvolutionSettings {
  ops::ConvolutionOptions window;
  ActivationFunction activation;

  template <class Options>
  ConvolutionSettings(const std::string& layer, const Options& options)
      : ConvolutionSettings(layer, options, options.padding) {}
  /// Another padding than the options'.
  template <class Options>
  ConvolutionSettings(const std::string& layer, const Options& options, const std::string& padding)
      : window{as_size(options.strides), checked_option(layer, [&] { return find_padding(padding); }),
               as_size(options.dilation_rate)},
        activation(checked_option(layer, [&] { return find_activation(options.activation); })) {
    expect_positive(layer, "kernel_size", options.kernel_size);
    expect_positive(layer, "strides", options.strides);
    expect_positive(layer, "dilation_rate", options.dilation_rate);
  }
};

/// Throws Error where both are above 1, which Keras' full convolutions do not know.
inline void expect_no_dilated_strides(const std::string& layer, const ops::ConvolutionOptions& options) {
  const auto above_one = [](ops::Size2D size) { return size.height > 1 || size.width > 1; };
  if (above_one(options.strides) && above_one(options.dilation)) {
    fail("in '", layer, "': strides ", options.strides.str(), " and dilation_rate ", options.dilation.str(),
         " are both above 1, expected one of them to be 1");
  }
}

/// Keras' names of what layers with one kernel share.
template <class Field, class Options>
void kernel_fields(Field& field, Options& options) {
  field("activation", options.activation);
  field("use_bias", options.use_bias);
  field("kernel_initializer", options.kernel_initializer);
  field("bias_initializer", options.bias_initializer);
  field("kernel_regularizer", options.kernel_regularizer);
  field("bias_regularizer", options.bias_regularizer);
  field("kernel_constraint", options.kernel_constraint);
  field("bias_constraint", options.bias_constraint);
}

/// The same of those that convolve each channel by itself.
template <class Field, class Options>
void depthwise_fields(Field& field, Options& options) {
  field("depth_multiplier", options.depth_multiplier);
  field("activation", options.activation);
  field("use_bias", options.use_bias);
  field("depthwise_initializer", options.depthwise_initializer);
  field("bias_initializer", options.bias_initializer);
  field("depthwise_regularizer", options.depthwise_regularizer);
  field("bias_regularizer", options.bias_regularizer);
  field("depthwise_constraint", options.depthwise_constraint);
  field("bias_constraint", options.bias_constraint);
}

}  // namespace tanuki
