#pragma once

// Stochastic gradient descent with Keras' defaults (keras/src/optimizers/sgd.py); the formula is in
// ops/sgd.hpp.

#include "tanuki/ops/sgd.hpp"
#include "tanuki/optimizers/optimizer.hpp"

namespace tanuki {

struct SGDOptions {
  double learning_rate = 0.01;
  double momentum = 0;
  bool nesterov = false;  ///< looks ahead; only with momentum
};

class SGD {
 public:
  explicit SGD(SGDOptions options = {}) : options_(options) {
    if (!(options_.momentum >= 0 && options_.momentum <= 1)) {
      fail("[sgd] momentum is ", options_.momentum, ", expected 0 to 1");
    }
  }

  std::string name() const { return "sgd"; }
  double learning_rate() const { return options_.learning_rate; }
  std::vector<std::string> slots() const {
    return options_.momentum != 0 ? std::vector<std::string>{"momentum"} : std::vector<std::string>{};
  }

  template <class B>
  void update(const OptimizerStep<B>& step) const {
    const ops::SgdStep numbers{float(step.learning_rate), float(options_.momentum), options_.nesterov};
    ops::SgdKernel<B>::update(step.context, numbers, step.weight, step.gradient,
                              step.slots.empty() ? TensorView<B>{} : step.slots[0].view());
  }

 private:
  SGDOptions options_;
};

}  // namespace tanuki
