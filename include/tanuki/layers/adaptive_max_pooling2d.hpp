#pragma once

// The largest value of each of so many parts of an image (height, width, channels), channel by channel: .output_size = 7, or {7, 5}.
// (keras/src/layers/pooling/adaptive_max_pooling2d.py)

#include "tanuki/layers/adaptive_pooling.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/max_pool2d.hpp"

namespace tanuki {

template <class B = Cpu>
class AdaptiveMaxPooling2D final : public LayerOf<AdaptiveMaxPooling2D<B>, B> {
 public:
  explicit AdaptiveMaxPooling2D(const AdaptivePooling2DOptions& options)
      : LayerOf<AdaptiveMaxPooling2D<B>, B>("AdaptiveMaxPooling2D", options.name), options_(options) {
    detail::check_adaptive(this->name(), options_.output_size);
  }

  const AdaptivePooling2DOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    const auto pool = [](ops::Value<B> values, const ops::Window& window) {
      return ops::max_pool2d(values, window);
    };
    return detail::adaptive_pool(x, options_.output_size, "adaptive_max_pooling2d", pool);
  }

  AdaptivePooling2DOptions options_;
};

}  // namespace tanuki
