#pragma once

// How the families of keras.applications want pixels of 0 to 255; in three ways.
// (keras/src/applications/imagenet_utils.py)

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tanuki/core/error.hpp"

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

/// Of the family that Keras' automatic name of a model tells, "resnet50v2"; none for another name.
inline std::optional<Preprocessing> preprocessing_of_model(std::string_view name) {
  static const std::vector<std::pair<std::string_view, const char*>> families{
      {"xception", "xception"},
      {"vgg", "vgg16"},
      {"resnet", "resnet"},
      {"inception_v3", "inception_v3"},
      {"densenet", "densenet"},
      {"inception_resnet_v2", "inception_resnet_v2"},
      {"mobilenetv2", "mobilenet_v2"},
      {"mobilenet_", "mobilenet"},
      {"NASNet", "nasnet"}};
  if (name.starts_with("resnet") && name.ends_with("v2")) return preprocessing("resnet_v2");
  const auto found = std::find_if(families.begin(), families.end(),
                                  [&](const auto& family) { return name.starts_with(family.first); });
  if (found == families.end()) return {};
  return preprocessing(found->second);
}

}  // namespace tanuki::applications
