#pragma once

// In training, a random part of each image, height x width. An image that is not larger than that on both sides is
// cut in the middle and resized. In inference, the largest part in the middle that has the aspect ratio, resized.
// (keras/src/layers/preprocessing/image_preprocessing/random_crop.py; Keras 3.15 says the same of inference, but
// returns the whole image.)

#include "tanuki/layers/aspect_ratio.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/random_crop.hpp"
#include "tanuki/ops/resize2d.hpp"

namespace tanuki {

struct RandomCropOptions {
  Index height;
  Index width;
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, RandomCropOptions& options) {
  field("height", options.height);
  field("width", options.width);
}

template <class B = Cpu>
class RandomCrop final : public LayerOf<RandomCrop<B>, B> {
 public:
  explicit RandomCrop(RandomCropOptions options)
      : LayerOf<RandomCrop<B>, B>("RandomCrop", options.name), options_(std::move(options)) {
    if (options_.height < 1 || options_.width < 1)
      fail("in '", this->name(), "': height is ", options_.height, " and width ", options_.width,
           ", expected at least 1");
  }

  const RandomCropOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool training) const override {
    ops::expect_image(x.shape(), "random_crop");
    const ops::Size2D size{options_.height, options_.width};
    const Index height = x.shape()[0], width = x.shape()[1];
    if (training && height > size.height && width > size.width) return ops::random_crop(x, size);
    x = training ? middle(x, size) : crop_to_aspect_ratio(x, size);
    if (x.shape()[0] == size.height && x.shape()[1] == size.width) return x;
    return ops::resize2d(x, size, ops::Interpolation::bilinear);
  }

  /// What is left of `size` from where the largest part of the aspect ratio begins.
  static ops::Value<B> middle(ops::Value<B> x, ops::Size2D size) {
    const Index height = x.shape()[0], width = x.shape()[1];
    const Index rows = std::clamp<Index>(width * size.height / size.width, 1, height);
    const Index columns = std::clamp<Index>(height * size.width / size.height, 1, width);
    const Index top = (height - rows) / 2, left = (width - columns) / 2;
    const Index bottom = std::max<Index>(0, height - top - size.height);
    const Index right = std::max<Index>(0, width - left - size.width);
    if (top + left + bottom + right == 0) return x;
    return ops::crop2d(x, {{top, bottom}, {left, right}});
  }

  RandomCropOptions options_;
};

}  // namespace tanuki
