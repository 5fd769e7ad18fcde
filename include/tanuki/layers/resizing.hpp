#pragma once

// An image (height, width, channels) in another size; cut or padded to the new aspect ratio first, if asked for.
// (keras/src/layers/preprocessing/image_preprocessing/resizing.py)

#include "tanuki/layers/aspect_ratio.hpp"
#include "tanuki/layers/convolution_options.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/resize2d.hpp"

namespace tanuki {

struct ResizingOptions {
  Index height;
  Index width;
  std::string interpolation = "bilinear";  ///< also nearest, bicubic, area, lanczos3, lanczos5
  bool crop_to_aspect_ratio = false;
  bool pad_to_aspect_ratio = false;
  std::string fill_mode = "constant";
  float fill_value = 0;
  bool antialias = false;
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, ResizingOptions& options) {
  field("height", options.height);
  field("width", options.width);
  field("interpolation", options.interpolation);
  field("crop_to_aspect_ratio", options.crop_to_aspect_ratio);
  field("pad_to_aspect_ratio", options.pad_to_aspect_ratio);
  field("fill_mode", options.fill_mode);
  field("fill_value", options.fill_value);
  field("antialias", options.antialias);
}

template <class B = Cpu>
class Resizing final : public LayerOf<Resizing<B>, B> {
 public:
  explicit Resizing(ResizingOptions options)
      : LayerOf<Resizing<B>, B>("Resizing", options.name),
        options_(std::move(options)),
        interpolation_(
            checked_option(this->name(), [&] { return ops::find_interpolation(options_.interpolation); })) {
    expect_positive(this->name(), "height", options_.height);
    expect_positive(this->name(), "width", options_.width);
    if (options_.crop_to_aspect_ratio && options_.pad_to_aspect_ratio)
      fail("in '", this->name(),
           "': both crop_to_aspect_ratio and pad_to_aspect_ratio, expected at most one");
    if (options_.fill_mode != "constant")
      fail("in '", this->name(), "': fill_mode is '", options_.fill_mode, "', expected constant");
  }

  const ResizingOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    ops::expect_image(x.shape(), "resizing");
    const ops::Size2D size{options_.height, options_.width};
    if (options_.crop_to_aspect_ratio) x = crop_to_aspect_ratio(x, size);
    if (options_.pad_to_aspect_ratio) x = pad_to_aspect_ratio(x, size, options_.fill_value);
    if (size == ops::Size2D(x.shape()[0], x.shape()[1])) return x;
    return ops::resize2d(x, size, interpolation_, options_.antialias);
  }

  ResizingOptions options_;
  ops::Interpolation interpolation_;
};

}  // namespace tanuki
