#pragma once

// The mean, without the padding, of each window over (steps, channels), channel by channel.
// (keras/src/layers/pooling/average_pooling1d.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/pooling_options.hpp"
#include "tanuki/layers/sequence.hpp"
#include "tanuki/ops/average_pool2d.hpp"

namespace tanuki {

template <class B = Cpu>
class AveragePooling1D final : public LayerOf<AveragePooling1D<B>, B> {
 public:
  explicit AveragePooling1D(const Pooling1DOptions& options = {})
      : LayerOf<AveragePooling1D<B>, B>("AveragePooling1D", options.name),
        options_(with_strides(options)),
        window_(checked_option(this->name(), [&] { return options.window(); })) {}

  const Pooling1DOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    return as_sequence(ops::average_pool2d(as_image(x, "average_pooling1d"), window_));
  }

  Pooling1DOptions options_;
  ops::Window window_;
};

}  // namespace tanuki
