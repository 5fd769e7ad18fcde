#pragma once

// tanuki's own layers that a Keras file may hold, a line each.

#include "tanuki/io/keras/config/layer_registry.hpp"
#include "tanuki/layers/activation.hpp"
#include "tanuki/layers/activity_regularization.hpp"
#include "tanuki/layers/adaptive_average_pooling1d.hpp"
#include "tanuki/layers/adaptive_average_pooling2d.hpp"
#include "tanuki/layers/adaptive_max_pooling1d.hpp"
#include "tanuki/layers/adaptive_max_pooling2d.hpp"
#include "tanuki/layers/add.hpp"
#include "tanuki/layers/alpha_dropout.hpp"
#include "tanuki/layers/average.hpp"
#include "tanuki/layers/average_pooling1d.hpp"
#include "tanuki/layers/average_pooling2d.hpp"
#include "tanuki/layers/batch_normalization.hpp"
#include "tanuki/layers/center_crop.hpp"
#include "tanuki/layers/concatenate.hpp"
#include "tanuki/layers/conv1d.hpp"
#include "tanuki/layers/conv1d_transpose.hpp"
#include "tanuki/layers/conv2d.hpp"
#include "tanuki/layers/conv2d_transpose.hpp"
#include "tanuki/layers/cropping1d.hpp"
#include "tanuki/layers/cropping2d.hpp"
#include "tanuki/layers/custom_scale_layer.hpp"
#include "tanuki/layers/dense.hpp"
#include "tanuki/layers/depthwise_conv1d.hpp"
#include "tanuki/layers/depthwise_conv2d.hpp"
#include "tanuki/layers/divide.hpp"
#include "tanuki/layers/dropout.hpp"
#include "tanuki/layers/elu.hpp"
#include "tanuki/layers/flatten.hpp"
#include "tanuki/layers/gaussian_dropout.hpp"
#include "tanuki/layers/gaussian_noise.hpp"
#include "tanuki/layers/global_average_pooling1d.hpp"
#include "tanuki/layers/global_average_pooling2d.hpp"
#include "tanuki/layers/global_max_pooling1d.hpp"
#include "tanuki/layers/global_max_pooling2d.hpp"
#include "tanuki/layers/group_normalization.hpp"
#include "tanuki/layers/identity.hpp"
#include "tanuki/layers/layer_normalization.hpp"
#include "tanuki/layers/layer_scale.hpp"
#include "tanuki/layers/leaky_relu.hpp"
#include "tanuki/layers/max_pooling1d.hpp"
#include "tanuki/layers/max_pooling2d.hpp"
#include "tanuki/layers/maximum.hpp"
#include "tanuki/layers/minimum.hpp"
#include "tanuki/layers/multiply.hpp"
#include "tanuki/layers/normalization.hpp"
#include "tanuki/layers/permute.hpp"
#include "tanuki/layers/prelu.hpp"
#include "tanuki/layers/random_brightness.hpp"
#include "tanuki/layers/random_contrast.hpp"
#include "tanuki/layers/random_crop.hpp"
#include "tanuki/layers/random_flip.hpp"
#include "tanuki/layers/random_rotation.hpp"
#include "tanuki/layers/random_translation.hpp"
#include "tanuki/layers/random_zoom.hpp"
#include "tanuki/layers/relu.hpp"
#include "tanuki/layers/repeat_vector.hpp"
#include "tanuki/layers/rescaling.hpp"
#include "tanuki/layers/reshape.hpp"
#include "tanuki/layers/resizing.hpp"
#include "tanuki/layers/separable_conv1d.hpp"
#include "tanuki/layers/separable_conv2d.hpp"
#include "tanuki/layers/softmax.hpp"
#include "tanuki/layers/spatial_dropout1d.hpp"
#include "tanuki/layers/spatial_dropout2d.hpp"
#include "tanuki/layers/stochastic_depth.hpp"
#include "tanuki/layers/subtract.hpp"
#include "tanuki/layers/unit_normalization.hpp"
#include "tanuki/layers/up_sampling1d.hpp"
#include "tanuki/layers/up_sampling2d.hpp"
#include "tanuki/layers/zero_padding1d.hpp"
#include "tanuki/layers/zero_padding2d.hpp"

namespace tanuki::keras {

template <class B>
void add_own_layers(LayerRegistry<B>& registry) {
  const auto add = [&]<class L>(const char* class_name, const char* module = "") {
    auto recipe = recipe_of<L>(class_name);
    recipe.module = *module ? module : "keras.layers";
    if (*module) recipe.registered_name = class_name;
    registry.add(std::move(recipe));
  };
  add.template operator()<Activation<B>>("Activation");
  add.template operator()<ActivityRegularization<B>>("ActivityRegularization");
  add.template operator()<AdaptiveAveragePooling1D<B>>("AdaptiveAveragePooling1D");
  add.template operator()<AdaptiveAveragePooling2D<B>>("AdaptiveAveragePooling2D");
  add.template operator()<AdaptiveMaxPooling1D<B>>("AdaptiveMaxPooling1D");
  add.template operator()<AdaptiveMaxPooling2D<B>>("AdaptiveMaxPooling2D");
  add.template operator()<Add<B>>("Add");
  add.template operator()<AlphaDropout<B>>("AlphaDropout");
  add.template operator()<Average<B>>("Average");
  add.template operator()<AveragePooling1D<B>>("AveragePooling1D");
  add.template operator()<AveragePooling2D<B>>("AveragePooling2D");
  add.template operator()<BatchNormalization<B>>("BatchNormalization");
  add.template operator()<CenterCrop<B>>("CenterCrop");
  add.template operator()<Concatenate<B>>("Concatenate");
  add.template operator()<Conv1D<B>>("Conv1D");
  add.template operator()<Conv1DTranspose<B>>("Conv1DTranspose");
  add.template operator()<Conv2D<B>>("Conv2D");
  add.template operator()<Conv2DTranspose<B>>("Conv2DTranspose");
  add.template operator()<Cropping1D<B>>("Cropping1D");
  add.template operator()<Cropping2D<B>>("Cropping2D");
  add.template operator()<CustomScaleLayer<B>>("CustomScaleLayer",
                                               "keras.src.applications.inception_resnet_v2");
  add.template operator()<Dense<B>>("Dense");
  add.template operator()<DepthwiseConv1D<B>>("DepthwiseConv1D");
  add.template operator()<DepthwiseConv2D<B>>("DepthwiseConv2D");
  add.template operator()<Divide<B>>("Divide");
  add.template operator()<Dropout<B>>("Dropout");
  add.template operator()<ELU<B>>("ELU");
  add.template operator()<Flatten<B>>("Flatten");
  add.template operator()<GaussianDropout<B>>("GaussianDropout");
  add.template operator()<GaussianNoise<B>>("GaussianNoise");
  add.template operator()<GlobalAveragePooling1D<B>>("GlobalAveragePooling1D");
  add.template operator()<GlobalAveragePooling2D<B>>("GlobalAveragePooling2D");
  add.template operator()<GlobalMaxPooling1D<B>>("GlobalMaxPooling1D");
  add.template operator()<GlobalMaxPooling2D<B>>("GlobalMaxPooling2D");
  add.template operator()<GroupNormalization<B>>("GroupNormalization");
  add.template operator()<Identity<B>>("Identity");
  add.template operator()<LayerNormalization<B>>("LayerNormalization");
  add.template operator()<LayerScale<B>>("LayerScale", "keras.src.applications.convnext");
  add.template operator()<LeakyReLU<B>>("LeakyReLU");
  add.template operator()<MaxPooling1D<B>>("MaxPooling1D");
  add.template operator()<MaxPooling2D<B>>("MaxPooling2D");
  add.template operator()<Maximum<B>>("Maximum");
  add.template operator()<Minimum<B>>("Minimum");
  add.template operator()<Multiply<B>>("Multiply");
  add.template operator()<Normalization<B>>("Normalization");
  add.template operator()<PReLU<B>>("PReLU");
  add.template operator()<Permute<B>>("Permute");
  add.template operator()<RandomBrightness<B>>("RandomBrightness");
  add.template operator()<RandomContrast<B>>("RandomContrast");
  add.template operator()<RandomCrop<B>>("RandomCrop");
  add.template operator()<RandomFlip<B>>("RandomFlip");
  add.template operator()<RandomRotation<B>>("RandomRotation");
  add.template operator()<RandomTranslation<B>>("RandomTranslation");
  add.template operator()<RandomZoom<B>>("RandomZoom");
  add.template operator()<ReLU<B>>("ReLU");
  add.template operator()<RepeatVector<B>>("RepeatVector");
  add.template operator()<Rescaling<B>>("Rescaling");
  add.template operator()<Reshape<B>>("Reshape");
  add.template operator()<Resizing<B>>("Resizing");
  add.template operator()<SeparableConv1D<B>>("SeparableConv1D");
  add.template operator()<SeparableConv2D<B>>("SeparableConv2D");
  add.template operator()<Softmax<B>>("Softmax");
  add.template operator()<SpatialDropout1D<B>>("SpatialDropout1D");
  add.template operator()<SpatialDropout2D<B>>("SpatialDropout2D");
  add.template operator()<StochasticDepth<B>>("StochasticDepth", "keras.src.applications.convnext");
  add.template operator()<Subtract<B>>("Subtract");
  add.template operator()<UnitNormalization<B>>("UnitNormalization");
  add.template operator()<UpSampling1D<B>>("UpSampling1D");
  add.template operator()<UpSampling2D<B>>("UpSampling2D");
  add.template operator()<ZeroPadding1D<B>>("ZeroPadding1D");
  add.template operator()<ZeroPadding2D<B>>("ZeroPadding2D");
}

}  // namespace tanuki::keras
