#pragma once

// The largest value of each window over (steps, channels), channel by channel.
// (keras/src/layers/pooling/max_pooling1d.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/pooling_options.hpp"
#include "tanuki/layers/sequence.hpp"
#include "tanuki/ops/max_pool2d.hpp"

namespace tanuki {

template <class B = Cpu>
class MaxPooling1D final : public LayerOf<MaxPooling1D<B>, B> {
 public:
  explicit MaxPooling1D(const Pooling1DOptions& options = {})
      : LayerOf<MaxPooling1D<B>, B>("MaxPooling1D", options.name),
        options_(with_strides(options)),
        window_(checked_option(this->name(), [&] { return options.window(); })) {}

  const Pooling1DOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    return as_sequence(ops::max_pool2d(as_image(x, "max_pooling1d"), window_));
  }

  Pooling1DOptions options_;
  ops::Window window_;
};

}  // namespace tanuki
