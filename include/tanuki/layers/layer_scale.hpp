#pragma once

// x · gamma, a learned number for each channel. (keras/src/applications/convnext.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/scale.hpp"

namespace tanuki {

struct LayerScaleOptions {
  float init_values;     ///< of gamma
  Index projection_dim;  ///< channels
  std::string name = {};
};

template <class Field>
void fields(Field& field, LayerScaleOptions& options) {
  field("init_values", options.init_values);
  field("projection_dim", options.projection_dim);
}

template <class B = Cpu>
class LayerScale final : public LayerOf<LayerScale<B>, B> {
 public:
  explicit LayerScale(LayerScaleOptions options)
      : LayerOf<LayerScale<B>, B>("LayerScale", options.name), options_(std::move(options)) {
    if (options_.projection_dim < 1)
      fail("in '", this->name(), "': projection_dim is ", options_.projection_dim, ", expected at least 1");
  }

  const LayerScaleOptions& options() const { return options_; }

 private:
  void do_build(const Shape&) const override {
    this->add_weight("gamma", {options_.projection_dim}, constant(options_.init_values));
  }

  ops::Value<B> call(ops::Value<B> x, bool) const override { return ops::scale(x, this->weight("gamma")); }

  LayerScaleOptions options_;
};

}  // namespace tanuki
