#pragma once

// model.compile(): what to minimise, how, and what to watch. (keras/src/trainers/trainer.py)

#include "tanuki/losses/loss.hpp"
#include "tanuki/metrics/metric.hpp"
#include "tanuki/models/model.hpp"
#include "tanuki/optimizers/optimizer.hpp"
#include "tanuki/training/trainer.hpp"

namespace tanuki {

template <class B = Cpu>
struct CompileOptions {
  AnyOptimizer<B> optimizer;
  AnyLoss<B> loss;
  std::vector<AnyMetric<B>> metrics = {};
};

/// Fixes what is trainable now, and starts with a fresh optimizer and fresh metrics. Throws Error for a model
/// with several outputs, and where the loss does not fit the output.
template <class B>
void Model<B>::compile(CompileOptions<B> options) const {
  network().trainer = std::make_shared<Trainer<B>>(*this, std::move(options.optimizer),
                                                   std::move(options.loss), std::move(options.metrics));
}

template <class B>
Trainer<B>& Model<B>::trainer() const {
  if (!network().trainer)
    fail("in '", this->name(), "': the model has not been compiled: call compile() first");
  return *network().trainer;
}

}  // namespace tanuki
