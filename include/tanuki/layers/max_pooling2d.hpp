#pragma once

// The largest value of each window over (height, width, channels), channel by channel.
// (keras/src/layers/pooling/max_pooling2d.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/pooling_options.hpp"
#include "tanuki/ops/max_pool2d.hpp"

namespace tanuki {

template <class B = Cpu>
class MaxPooling2D final : public LayerOf<MaxPooling2D<B>, B> {
 public:
  explicit MaxPooling2D(const Pooling2DOptions& options = {})
      : LayerOf<MaxPooling2D<B>, B>("MaxPooling2D", options.name),
        options_(with_strides(options)),
        window_(checked_option(this->name(), [&] { return options.window(); })) {}

  const Pooling2DOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override { return ops::max_pool2d(x, window_); }

  Pooling2DOptions options_;
  ops::Window window_;
};

}  // namespace tanuki
