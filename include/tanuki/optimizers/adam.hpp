#pragma once

// Adam with Keras' defaults, in Keras' float32 (keras/src/optimizers/adam.py); the formula is in
// ops/adam.hpp.

#include "tanuki/ops/adam.hpp"
#include "tanuki/optimizers/optimizer.hpp"

namespace tanuki {

struct AdamOptions {
  double learning_rate = 1e-3;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
};

class Adam {
 public:
  explicit Adam(AdamOptions options = {}) : options_(options) {
    for (double beta : {options_.beta_1, options_.beta_2}) {
      if (!(beta >= 0 && beta < 1)) fail("[adam] a beta is ", beta, ", expected 0 to below 1");
    }
    if (!(options_.epsilon >= 0)) fail("[adam] epsilon is ", options_.epsilon, ", expected 0 or more");
  }

  std::string name() const { return "adam"; }
  double learning_rate() const { return options_.learning_rate; }
  std::vector<std::string> slots() const { return {"momentum", "velocity"}; }

  template <class B>
  void update(const OptimizerStep<B>& step) const {
    const float alpha = float(step.learning_rate) *
                        std::sqrt(one_minus_power(options_.beta_2, step.iteration)) /
                        one_minus_power(options_.beta_1, step.iteration);
    const ops::AdamStep numbers{alpha, float(1 - options_.beta_1), float(1 - options_.beta_2),
                                float(options_.epsilon)};
    ops::AdamKernel<B>::update(step.context, numbers, step.weight, step.gradient, step.slots[0].view(),
                               step.slots[1].view());
  }

 private:
  /// Rounded where Keras rounds: in the first steps that is five digits of β2's.
  static float one_minus_power(double beta, Index t) {
    return 1.0f - float(std::pow(double(float(beta)), double(t)));
  }

  AdamOptions options_;
};

}  // namespace tanuki
