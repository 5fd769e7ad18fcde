#pragma once

// Each example divided by its length along `axis`. (keras/src/layers/normalization/unit_normalization.py)

#include "tanuki/layers/axis_list.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/unit_norm.hpp"

namespace tanuki {

struct UnitNormalizationOptions {
  AxisList axis = -1;  ///< one or several
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, UnitNormalizationOptions& options) {
  axis_field(field, options.axis);
}

template <class B = Cpu>
class UnitNormalization final : public LayerOf<UnitNormalization<B>, B> {
 public:
  explicit UnitNormalization(UnitNormalizationOptions options = {})
      : LayerOf<UnitNormalization<B>, B>("UnitNormalization", options.name), options_(std::move(options)) {}

  const UnitNormalizationOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    return ops::unit_norm(x, find_axes(options_.axis.axes(), x.shape()));
  }

  UnitNormalizationOptions options_;
};

}  // namespace tanuki
