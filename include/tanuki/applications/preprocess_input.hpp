#pragma once

// Pixels of 0 to 255 as the families of keras.applications want them. Keras has three ways, and a function of one name
// in each family's module; here the module is an argument. (keras/src/applications/imagenet_utils.py)
//
//   model.predict(preprocess_input(images, "resnet50"));  // keras.applications.resnet50.preprocess_input(images)

#include <string>
#include <utility>

#include "tanuki/core/tensor.hpp"
#include "tanuki/data/preprocessing.hpp"

namespace tanuki::applications {

/// Throws Error unless `images` are (…, 3).
inline Tensor<Cpu> preprocess_input(Tensor<Cpu> images, const Preprocessing& how) {
  const Shape& shape = images.shape();
  if (shape.rank() == 0 || shape.back() != 3)
    fail("[preprocess_input] a tensor of shape ", shape,
         " was given, expected (height, width, 3) or a batch of these");
  for (float* pixel = images.data(); pixel != images.data() + images.size(); pixel += 3) {
    if (how.bgr) std::swap(pixel[0], pixel[2]);
    for (std::size_t c = 0; c < 3; ++c) pixel[c] = (pixel[c] / how.divisor - how.mean[c]) / how.deviation[c];
  }
  return images;
}
inline Tensor<Cpu> preprocess_input(Tensor<Cpu> images, const std::string& name) {
  return preprocess_input(std::move(images), preprocessing(name));
}

}  // namespace tanuki::applications
