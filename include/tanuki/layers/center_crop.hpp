#pragma once

// The middle of an image (height, width, channels); where the image is too small, the largest part in the middle
// that has the aspect ratio, resized. (keras/src/layers/preprocessing/image_preprocessing/center_crop.py)

#include "tanuki/layers/aspect_ratio.hpp"
#include "tanuki/layers/convolution_options.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/resize2d.hpp"

namespace tanuki {

struct CenterCropOptions {
  Index height;
  Index width;
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, CenterCropOptions& options) {
  field("height", options.height);
  field("width", options.width);
}

template <class B = Cpu>
class CenterCrop final : public LayerOf<CenterCrop<B>, B> {
 public:
  explicit CenterCrop(CenterCropOptions options)
      : LayerOf<CenterCrop<B>, B>("CenterCrop", options.name), options_(std::move(options)) {
    expect_positive(this->name(), "height", options_.height);
    expect_positive(this->name(), "width", options_.width);
  }

  const CenterCropOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    ops::expect_image(x.shape(), "center_crop");
    const ops::Size2D size{options_.height, options_.width};
    const Index rows = x.shape()[0] - size.height, columns = x.shape()[1] - size.width;
    if (rows < 0 || columns < 0)
      return ops::resize2d(crop_to_aspect_ratio(x, size), size, ops::Interpolation::bilinear);
    if (rows == 0 && columns == 0) return x;
    const Index top = rows / 2, left = columns / 2;
    return ops::crop2d(x, {{top, rows - top}, {left, columns - left}});
  }

  CenterCropOptions options_;
};

}  // namespace tanuki
