#pragma once

// The largest value of each channel over (height, width, channels): (channels,), or (1, 1, channels) with keepdims.
// (keras/src/layers/pooling/global_max_pooling2d.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/pooling_options.hpp"
#include "tanuki/ops/global_max_pool2d.hpp"

namespace tanuki {

template <class B = Cpu>
class GlobalMaxPooling2D final : public LayerOf<GlobalMaxPooling2D<B>, B> {
 public:
  explicit GlobalMaxPooling2D(const GlobalPoolingOptions& options = {})
      : LayerOf<GlobalMaxPooling2D<B>, B>("GlobalMaxPooling2D", options.name), options_(options) {}

  const GlobalPoolingOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    return ops::global_max_pool2d(x, options_.keepdims);
  }

  GlobalPoolingOptions options_;
};

}  // namespace tanuki
