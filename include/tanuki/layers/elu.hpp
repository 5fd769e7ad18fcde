#pragma once

// x where it is positive, alpha · (exp(x) - 1) elsewhere. (keras/src/layers/activations/elu.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/activation.hpp"

namespace tanuki {

struct ELUOptions {
  float alpha = 1;  ///< at least 0
  std::string name = {};
};

template <class Field>
void fields(Field& field, ELUOptions& options) {
  field("alpha", options.alpha);
}

template <class B = Cpu>
class ELU final : public LayerOf<ELU<B>, B> {
 public:
  explicit ELU(ELUOptions options = {})
      : LayerOf<ELU<B>, B>("ELU", options.name), options_(std::move(options)) {
    if (!(options_.alpha >= 0))
      fail("in '", this->name(), "': alpha is ", options_.alpha, ", expected at least 0");
  }

  const ELUOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    return ops::activation(x, ops::ActivationKind::elu, {.a = options_.alpha});
  }

  ELUOptions options_;
};

}  // namespace tanuki
