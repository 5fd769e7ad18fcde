#pragma once

// a + b · scale: CustomScaleLayer({.scale = 0.17})({a, b}). (keras/src/applications/inception_resnet_v2.py)

#include "tanuki/layers/merge_inputs.hpp"

namespace tanuki {

struct CustomScaleLayerOptions {
  float scale;
  std::string name = {};
};

template <class Field>
void fields(Field& field, CustomScaleLayerOptions& options) {
  field("scale", options.scale);
}

template <class B = Cpu>
class CustomScaleLayer final : public LayerOf<CustomScaleLayer<B>, B> {
 public:
  explicit CustomScaleLayer(CustomScaleLayerOptions options)
      : LayerOf<CustomScaleLayer<B>, B>("CustomScaleLayer", options.name), options_(std::move(options)) {}

  const CustomScaleLayerOptions& options() const { return options_; }

 private:
  std::vector<ops::Value<B>> call_all(const std::vector<ops::Value<B>>& inputs, bool) const override {
    if (inputs.size() != 2) fail("[CustomScaleLayer] takes two inputs, ", inputs.size(), " were given");
    const auto scaled = ops::scalar_arithmetic(inputs[1], {ops::ScalarArithmetic::multiply, options_.scale});
    return {merge_inputs(ops::Arithmetic::add, std::vector<ops::Value<B>>{inputs[0], scaled})};
  }

  CustomScaleLayerOptions options_;
};

}  // namespace tanuki
