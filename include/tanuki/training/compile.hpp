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
  net.inference.reset();
  net.trainer = std::make_shared<Trainer<B>>(*this, std::move(options), net.trainer.get());
}

template <class B>
Trainer<B>& Model<B>::trainer() const {
  if (!network().trainer)
    fail("in '", this->name(), "': the model has not been compiled: call compile() first");
  return *network().trainer;
}

}  // namespace tanuki
