#pragma once

// The largest value of each channel over (steps, channels): (channels,), or (1, channels) with keepdims.
// (keras/src/layers/pooling/global_max_pooling1d.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/pooling_options.hpp"
#include "tanuki/layers/sequence.hpp"
#include "tanuki/ops/global_max_pool2d.hpp"

namespace tanuki {

template <class B = Cpu>
class GlobalMaxPooling1D final : public LayerOf<GlobalMaxPooling1D<B>, B> {
 public:
  explicit GlobalMaxPooling1D(const GlobalPoolingOptions& options = {})
      : LayerOf<GlobalMaxPooling1D<B>, B>("GlobalMaxPooling1D", options.name), options_(options) {}

  const GlobalPoolingOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    x = ops::global_max_pool2d(as_image(x, "global_max_pooling1d"), options_.keepdims);
    return options_.keepdims ? as_sequence(x) : x;
  }

  GlobalPoolingOptions options_;
};

}  // namespace tanuki
