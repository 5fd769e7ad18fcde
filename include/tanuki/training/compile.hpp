#pragma once

// model.compile(): what to minimise, how, and what to watch. (keras/src/trainers/trainer.py)

#include "tanuki/models/model.hpp"
#include "tanuki/training/compile_options.hpp"
#include "tanuki/training/trainer.hpp"

namespace tanuki {

/// Fixes what is trainable now, and starts with a fresh optimizer and fresh metrics. Throws Error without an optimizer or
/// a loss, and where losses, metrics or weights do not match the outputs.
template <class B>
void Model<B>::compile(CompileOptions<B> options) const {
  if (!options.optimizer) fail("in '", this->name(), "': compile() was given no optimizer");
  if (!options.loss) fail("in '", this->name(), "': compile() was given no loss");
  auto& net = network();
  net.plans.clear();
  net.trainer = std::make_shared<Trainer<B>>(*this, std::move(options), net.trainer.get());
}

/// compile() with what it was given before, for what is trainable now; a learning rate that was set since stays.
template <class B>
void Model<B>::recompile() const {
  auto options = trainer().options();
  const auto& rate = trainer().optimizer().learning_rate_source();
  if (!rate.is_schedule()) options.optimizer.learning_rate(rate);
  compile(std::move(options));
}

template <class B>
Trainer<B>& Model<B>::trainer() const {
  if (!network().trainer)
    fail("in '", this->name(), "': the model has not been compiled: call compile() first");
  return *network().trainer;
}

}  // namespace tanuki
