#pragma once

// What lies within the borders of an image (height, width, channels): `.cropping = 1`, `{rows, columns}` or
// `{{top, bottom}, {left, right}}`. (keras/src/layers/reshaping/cropping2d.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"
#include "tanuki/ops/crop2d.hpp"

namespace tanuki {

struct Cropping2DOptions {
  ops::Borders cropping = 0;
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, Cropping2DOptions& options) {
  field("cropping", options.cropping);
}

template <class B = Cpu>
class Cropping2D final : public LayerOf<Cropping2D<B>, B> {
 public:
  explicit Cropping2D(Cropping2DOptions options = {})
      : LayerOf<Cropping2D<B>, B>("Cropping2D", options.name), options_(std::move(options)) {
    checked_option(this->name(), [&] { ops::Window::expect_borders(options_.cropping, "cropping"); });
  }

  const Cropping2DOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override { return ops::crop2d(x, options_.cropping); }

  Cropping2DOptions options_;
};

}  // namespace tanuki
