#pragma once

// The mean, without the padding, of each window over (height, width, channels), channel by channel.
// (keras/src/layers/pooling/average_pooling2d.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/pooling_options.hpp"
#include "tanuki/ops/average_pool2d.hpp"

namespace tanuki {

template <class B = Cpu>
class AveragePooling2D final : public LayerOf<AveragePooling2D<B>, B> {
 public:
  explicit AveragePooling2D(const Pooling2DOptions& options = {})
      : LayerOf<AveragePooling2D<B>, B>("AveragePooling2D", options.name),
        options_(with_strides(options)),
        window_(checked_option(this->name(), [&] { return options.window(); })) {}

  const Pooling2DOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override { return ops::average_pool2d(x, window_); }

  Pooling2DOptions options_;
  ops::Window window_;
};

}  // namespace tanuki
