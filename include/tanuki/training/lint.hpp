#pragma once

// What a user wants to be told before a training.

#include <ostream>

#include "tanuki/training/trainer.hpp"

namespace tanuki {

namespace detail {

/// What a user wants to be told, once after each compile().
template <class B>
void warn_before_training(std::ostream& out, const Model<B>& model, Trainer<B>& trainer) {
  if (!trainer.warn_once()) return;
  const auto warn = [&](const char* text) { out << "Warning: " << text << '\n'; };
  if (trainer.drifted(model)) {
    warn(
        "what is trainable has changed since compile(); training goes on with what it was. "
        "Call compile() for the change to take effect.");
  }
  if (trainer.plan().trainable_weights().empty()) warn("the model has no trainable weights.");
  if (trainer.objective().has_threshold_on_logits(0.5)) {
    warn(
        "the loss takes logits, and BinaryAccuracy counts a logit above 0.5 as class 1, "
        "a probability of 0.622. Use BinaryAccuracy({.threshold = 0}) for 0.5.");
  }
}

/// Labels number the classes in their order, so other names may mean other labels.
inline void warn_of_other_classes(std::ostream& out, const Dataset& data, const Dataset& validation) {
  const auto &a = data.class_names(), &b = validation.class_names();
  if (a.empty() || b.empty() || a == b) return;
  const auto list = [](const auto& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
  };
  out << "Warning: the classes of validation_data are " << list(b) << "; those of the training data are "
      << list(a) << '\n';
}

}  // namespace detail

}  // namespace tanuki
