#pragma once

// Keras takes a crossentropy of the logits where the predictions come straight out of a softmax or sigmoid, whatever
// from_logits says: nothing is lost where a probability rounds to 0 or 1.
// (keras/src/backend/tensorflow/nn.py: _get_logits)

#include <memory>
#include <string_view>

#include "tanuki/ops/activation.hpp"
#include "tanuki/ops/graph.hpp"

namespace tanuki {

/// What an activation is made of, and the activation.
template <class B>
struct LookThrough {
  int logits;
  std::shared_ptr<const ops::Op<B>> activation;  ///< null: `logits` is the value that was asked for

  ConstTensorView<B> activate(Context<B>& context, ConstTensorView<B> from, TensorView<B> to) const {
    activation->forward({context, std::span(&from, 1), to, {}, {}});
    return to;
  }
};

/// Looks for the activation of this name ("softmax" or "sigmoid") that makes `value`.
template <class B>
LookThrough<B> look_through(const ops::Graph<B>& graph, int value, std::string_view name) {
  for (const auto& step : graph.steps()) {
    if (step.output != value) continue;
    const auto* elementwise = dynamic_cast<const ops::Activation<B>*>(step.op.get());
    const bool sigmoid = elementwise && elementwise->kind() == ops::ActivationKind::sigmoid;
    if ((sigmoid ? "sigmoid" : step.op->name()) == name) return {step.inputs[0], step.op};
  }
  return {value, nullptr};
}

}  // namespace tanuki
