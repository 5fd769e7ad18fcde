#pragma once

// An image (height, width, channels), `size` times as high and wide. (keras/src/layers/reshaping/up_sampling2d.py)

#include "tanuki/layers/convolution_options.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/resize2d.hpp"

namespace tanuki {

struct UpSampling2DOptions {
  ops::Size2D size = 2;
  std::string interpolation = "nearest";  ///< also bilinear, bicubic, area, lanczos3, lanczos5
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, UpSampling2DOptions& options) {
  field("size", options.size);
  field("interpolation", options.interpolation);
}

template <class B = Cpu>
class UpSampling2D final : public LayerOf<UpSampling2D<B>, B> {
 public:
  explicit UpSampling2D(UpSampling2DOptions options = {})
      : LayerOf<UpSampling2D<B>, B>("UpSampling2D", options.name),
        options_(std::move(options)),
        interpolation_(
            checked_option(this->name(), [&] { return ops::find_interpolation(options_.interpolation); })) {
    expect_positive(this->name(), "size", options_.size);
  }

  const UpSampling2DOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    ops::expect_image(x.shape(), "up_sampling2d");
    const ops::Size2D size{Shape{x.shape()[0], options_.size.height}.elements(),
                           Shape{x.shape()[1], options_.size.width}.elements()};
    return ops::resize2d(x, size, interpolation_);
  }

  UpSampling2DOptions options_;
  ops::Interpolation interpolation_;
};

}  // namespace tanuki
