#pragma once

// Zeros around a sequence (steps, channels): `.padding = 1` or `{first, last}`.
// (keras/src/layers/reshaping/zero_padding1d.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"
#include "tanuki/layers/sequence.hpp"
#include "tanuki/ops/pad2d.hpp"

namespace tanuki {

struct ZeroPadding1DOptions {
  ops::Ends padding = 1;
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, ZeroPadding1DOptions& options) {
  field("padding", options.padding);
}

template <class B = Cpu>
class ZeroPadding1D final : public LayerOf<ZeroPadding1D<B>, B> {
 public:
  explicit ZeroPadding1D(ZeroPadding1DOptions options = {})
      : LayerOf<ZeroPadding1D<B>, B>("ZeroPadding1D", options.name), options_(std::move(options)) {
    checked_option(this->name(), [&] { ops::Window::expect_borders(borders(), "padding"); });
  }

  const ZeroPadding1DOptions& options() const { return options_; }

 private:
  ops::Borders borders() const { return {ops::Ends(0), options_.padding}; }

  ops::Value<B> call(ops::Value<B> x, bool) const override {
    return as_sequence(ops::pad2d(as_image(x, "zero_padding1d"), borders()));
  }

  ZeroPadding1DOptions options_;
};

}  // namespace tanuki
