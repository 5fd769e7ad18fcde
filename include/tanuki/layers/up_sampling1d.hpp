#pragma once

// Each step of a sequence (steps, channels) `size` times. (keras/src/layers/reshaping/up_sampling1d.py)

#include "tanuki/layers/convolution_options.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/sequence.hpp"
#include "tanuki/ops/resize2d.hpp"

namespace tanuki {

struct UpSampling1DOptions {
  Index size = 2;
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, UpSampling1DOptions& options) {
  field("size", options.size);
}

template <class B = Cpu>
class UpSampling1D final : public LayerOf<UpSampling1D<B>, B> {
 public:
  explicit UpSampling1D(UpSampling1DOptions options = {})
      : LayerOf<UpSampling1D<B>, B>("UpSampling1D", options.name), options_(std::move(options)) {
    expect_positive(this->name(), "size", options_.size);
  }

  const UpSampling1DOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    x = as_image(x, "up_sampling1d");
    const ops::Size2D size{1, Shape{x.shape()[1], options_.size}.elements()};
    return as_sequence(ops::resize2d(x, size, ops::Interpolation::nearest));
  }

  UpSampling1DOptions options_;
};

}  // namespace tanuki
