#pragma once

// The mean of each channel over (steps, channels): (channels,), or (1, channels) with keepdims.
// (keras/src/layers/pooling/global_average_pooling1d.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/pooling_options.hpp"
#include "tanuki/layers/sequence.hpp"
#include "tanuki/ops/global_average_pool2d.hpp"

namespace tanuki {

template <class B = Cpu>
class GlobalAveragePooling1D final : public LayerOf<GlobalAveragePooling1D<B>, B> {
 public:
  explicit GlobalAveragePooling1D(const GlobalPoolingOptions& options = {})
      : LayerOf<GlobalAveragePooling1D<B>, B>("GlobalAveragePooling1D", options.name), options_(options) {}

  const GlobalPoolingOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    x = ops::global_average_pool2d(as_image(x, "global_average_pooling1d"), options_.keepdims);
    return options_.keepdims ? as_sequence(x) : x;
  }

  GlobalPoolingOptions options_;
};

}  // namespace tanuki
