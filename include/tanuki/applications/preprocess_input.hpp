#pragma once

// Pixels of 0 to 255 as the families of keras.applications want them. Keras has three ways, and a function of one name
// in each family's module; here the module is an argument. (keras/src/applications/imagenet_utils.py)
//
//   model.predict(preprocess_input(images, "resnet50"));  // keras.applications.resnet50.preprocess_input(images)

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "tanuki/core/tensor.hpp"

namespace tanuki::applications {

/// (value / divisor - mean) / deviation in each channel; without any of it, nothing.
struct Preprocessing {
  bool bgr = false;  ///< first, red, green and blue become blue, green and red
  float divisor = 1;
  std::array<float, 3> mean = {0, 0, 0};  ///< in the order of the result's channels, as is deviation
  std::array<float, 3> deviation = {1, 1, 1};
};

/// Of a mode ("caffe", "tf", "torch") or of a family by its module in Keras ("vgg16", "mobilenet_v2"), also of those that
/// load_keras alone makes. Throws Error with all that there are.
inline Preprocessing preprocessing(const std::string& name) {
  struct Way {
    Preprocessing how;
    std::vector<std::string> names;
  };
  static const std::vector<Way> ways{
      {{.bgr = true, .mean = {103.939f, 116.779f, 123.68f}},
       {"caffe", "vgg16", "vgg19", "resnet", "resnet50"}},
      {{.divisor = 127.5f, .mean = {1, 1, 1}},
       {"tf", "xception", "inception_v3", "inception_resnet_v2", "mobilenet", "mobilenet_v2", "nasnet",
        "resnet_v2"}},
      {{.divisor = 255, .mean = {0.485f, 0.456f, 0.406f}, .deviation = {0.229f, 0.224f, 0.225f}},
       {"torch", "densenet"}},
      {{}, {"efficientnet", "efficientnet_v2", "convnext", "mobilenet_v3"}}};  // these have layers for it
  std::string all;
  for (const auto& [how, names] : ways) {
    for (const auto& known : names) {
      if (known == name) return how;
      all += (all.empty() ? "" : ", ") + known;
    }
  }
  fail("[preprocess_input] '", name, "' is not known, expected one of ", all);
}

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
