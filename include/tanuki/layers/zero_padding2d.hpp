#pragma once

// Zeros around an image (height, width, channels): `.padding = 1`, `{rows, columns}` or
// `{{top, bottom}, {left, right}}`. (keras/src/layers/reshaping/zero_padding2d.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"
#include "tanuki/ops/pad2d.hpp"

namespace tanuki {

struct ZeroPadding2DOptions {
  ops::Borders padding = 1;
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, ZeroPadding2DOptions& options) {
  field("padding", options.padding);
}

template <class B = Cpu>
class ZeroPadding2D final : public LayerOf<ZeroPadding2D<B>, B> {
 public:
  explicit ZeroPadding2D(ZeroPadding2DOptions options = {})
      : LayerOf<ZeroPadding2D<B>, B>("ZeroPadding2D", options.name), options_(std::move(options)) {
    checked_option(this->name(), [&] { ops::Window::expect_borders(options_.padding, "padding"); });
  }

  const ZeroPadding2DOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override { return ops::pad2d(x, options_.padding); }

  ZeroPadding2DOptions options_;
};

}  // namespace tanuki
