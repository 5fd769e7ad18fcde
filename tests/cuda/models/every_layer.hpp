#pragma once

// One of every layer of include/tanuki/layers, and what it is called with.

#include <map>

#include "tanuki/any_backend.hpp"

namespace tanuki::test {

template <class B>
struct Specimen {
  std::shared_ptr<const Layer<B>> layer;
  std::vector<Shape> inputs;   ///< without the batch axis
  float low, high;             ///< of the numbers in them
  bool differentiable = true;  ///< in training mode
};

/// By the name of the class. The same weights for all backends after the same set_random_seed().
template <class B>
std::map<std::string, Specimen<B>> every_layer() {
  const std::vector<Shape> row{{7}}, line{{9, 3}}, image{{5, 7, 3}}, two{{5, 7, 3}, {5, 7, 3}},
      wide{{5, 7, 3}, {1, 7, 1}};
  std::map<std::string, Specimen<B>> all;
  const auto add = [&](const std::string& name, const Layer<B>& layer, const std::vector<Shape>& inputs,
                       float low = -1, float high = 1) {
    all.insert({name, {layer.clone(), inputs, low, high}});
  };
  add("Activation", Activation<B>("gelu"), image);
  add("ActivityRegularization", ActivityRegularization<B>({.l1 = 0.1f, .l2 = 0.2f}), image);
  add("AdaptiveAveragePooling1D", AdaptiveAveragePooling1D<B>({.output_size = 4}), line);
  add("AdaptiveAveragePooling2D", AdaptiveAveragePooling2D<B>({.output_size = {3, 2}}), image);
  add("AdaptiveMaxPooling1D", AdaptiveMaxPooling1D<B>({.output_size = 4}), line);
  add("AdaptiveMaxPooling2D", AdaptiveMaxPooling2D<B>({.output_size = {3, 2}}), image);
  add("Add", Add<B>(), wide);
  add("AlphaDropout", AlphaDropout<B>({.rate = 0.3f}), image);
  add("Average", Average<B>(), wide);
  add("AveragePooling1D", AveragePooling1D<B>({.pool_size = 3, .strides = 2, .padding = "same"}), line);
  add("AveragePooling2D", AveragePooling2D<B>({.pool_size = {3, 2}, .padding = "same"}), image);
  add("BatchNormalization", BatchNormalization<B>(), image);
  add("BinaryOperation", BinaryOperation<B>({.operation = "Power", .scalar = 1.5}), image, 0.1f, 2);
  add("CenterCrop", CenterCrop<B>({.height = 3, .width = 4}), image);
  add("Concatenate", Concatenate<B>({.axis = 2}), two);
  add("Conv1D", Conv1D<B>({.filters = 5, .kernel_size = 3, .activation = "relu"}), line);
  add("Conv1DTranspose", Conv1DTranspose<B>({.filters = 5, .kernel_size = 3, .strides = 2}), line);
  add("Conv2D", Conv2D<B>({.filters = 5, .kernel_size = 3, .strides = 2, .padding = "same"}), image);
  add("Conv2DTranspose", Conv2DTranspose<B>({.filters = 5, .kernel_size = 3, .strides = {2, 3}}), image);
  add("Cropping1D", Cropping1D<B>({.cropping = {1, 2}}), line);
  add("Cropping2D", Cropping2D<B>({.cropping = {{1, 2}, {0, 1}}}), image);
  add("CustomScaleLayer", CustomScaleLayer<B>({.scale = 0.25f}), two);
  add("Dense", Dense<B>({.units = 5, .activation = "tanh"}), row);
  add("DepthwiseConv1D", DepthwiseConv1D<B>({.kernel_size = 3, .depth_multiplier = 2}), line);
  add("DepthwiseConv2D", DepthwiseConv2D<B>({.kernel_size = 3, .padding = "same"}), image);
  add("Divide", Divide<B>(), two, 0.5f, 2);
  add("Dropout", Dropout<B>({.rate = 0.3f}), image);
  add("ELU", ELU<B>({.alpha = 0.5f}), image);
  add("Flatten", Flatten<B>(), image);
  add("GaussianDropout", GaussianDropout<B>({.rate = 0.3f}), image);
  add("GaussianNoise", GaussianNoise<B>({.stddev = 0.3f}), image);
  add("GlobalAveragePooling1D", GlobalAveragePooling1D<B>(), line);
  add("GlobalAveragePooling2D", GlobalAveragePooling2D<B>(), image);
  add("GlobalMaxPooling1D", GlobalMaxPooling1D<B>(), line);
  add("GlobalMaxPooling2D", GlobalMaxPooling2D<B>(), image);
  add("GroupNormalization", GroupNormalization<B>({.groups = 3}), {{5, 7, 6}});
  add("Identity", Identity<B>(), image);
  add("LayerNormalization", LayerNormalization<B>({.axis = {1, 3}}), image);
  add("LayerScale", LayerScale<B>({.init_values = 0.5f, .projection_dim = 3}), image);
  add("LeakyReLU", LeakyReLU<B>(), image);
  add("MaxPooling1D", MaxPooling1D<B>({.pool_size = 3, .strides = 2, .padding = "same"}), line);
  add("MaxPooling2D", MaxPooling2D<B>({.pool_size = {3, 2}, .padding = "same"}), image);
  add("Maximum", Maximum<B>(), wide);
  add("Minimum", Minimum<B>(), wide);
  add("Multiply", Multiply<B>(), wide);
  add("Normalization", Normalization<B>({.mean = {0.5, 0, -1}, .variance = {1, 2, 3}}), image);
  add("PReLU", PReLU<B>({.alpha_initializer = constant(0.25f)}), image);
  add("Permute", Permute<B>({.dims = {3, 1, 2}}), image);
  add("RandomBrightness", RandomBrightness<B>({.factor = 0.2}), image, 0, 255);
  add("RandomContrast", RandomContrast<B>({.factor = 0.2}), image, 0, 255);
  add("RandomCrop", RandomCrop<B>({.height = 3, .width = 4}), image);
  add("RandomFlip", RandomFlip<B>(), image);
  add("RandomRotation", RandomRotation<B>({.factor = 0.1}), image);
  add("RandomTranslation", RandomTranslation<B>({.height_factor = 0.2, .width_factor = 0.1}), image);
  add("RandomZoom", RandomZoom<B>({.height_factor = 0.2}), image);
  add("ReLU", ReLU<B>({.max_value = 0.5f, .negative_slope = 0.1f}), image);
  add("RepeatVector", RepeatVector<B>({.n = 3}), row);
  add("Rescaling", Rescaling<B>({.scale = 0.5, .offset = {1, 2, 3}}), image);
  add("Reshape", Reshape<B>({.target_shape = {7, 15}}), image);
  add("Resizing", Resizing<B>({.height = 8, .width = 3, .interpolation = "bicubic"}), image);
  add("SeparableConv1D", SeparableConv1D<B>({.filters = 5, .kernel_size = 3}), line);
  add("SeparableConv2D", SeparableConv2D<B>({.filters = 5, .kernel_size = 3, .padding = "same"}), image);
  add("Softmax", Softmax<B>({.axis = 2}), image);
  add("SpatialDropout1D", SpatialDropout1D<B>({.rate = 0.3f}), line);
  add("SpatialDropout2D", SpatialDropout2D<B>({.rate = 0.3f}), image);
  add("StochasticDepth", StochasticDepth<B>({.drop_path_rate = 0.4f}), image);
  add("Subtract", Subtract<B>(), two);
  add("UnaryOperation", UnaryOperation<B>({.operation = "Softplus"}), image);
  add("UnitNormalization", UnitNormalization<B>({.axis = 1}), image);
  add("UpSampling1D", UpSampling1D<B>({.size = 3}), line);
  add("UpSampling2D", UpSampling2D<B>({.size = {2, 3}, .interpolation = "bilinear"}), image);
  add("ZeroPadding1D", ZeroPadding1D<B>({.padding = {1, 2}}), line);
  add("ZeroPadding2D", ZeroPadding2D<B>({.padding = {{1, 0}, {2, 1}}}), image);
  for (const char* name : {"RandomBrightness", "RandomContrast", "RandomCrop", "RandomFlip", "RandomRotation",
                           "RandomTranslation", "RandomZoom"})
    all.at(name).differentiable = false;
  return all;
}

}  // namespace tanuki::test
