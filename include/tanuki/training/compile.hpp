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

/// Fixes what is trainable now, and starts with a fresh optimizer and fresh metrics. Throws Error without an optimizer or
/// a loss, for two metrics of one name, and for a model with several inputs or outputs.
template <class B>
void Model<B>::compile(CompileOptions<B> options) const {
  if (!options.optimizer) fail("in '", this->name(), "': compile() was given no optimizer");
  if (!options.loss) fail("in '", this->name(), "': compile() was given no loss");
  std::set<std::string> names{"loss", "seconds"};
  for (const auto& metric : options.metrics) {
    if (!names.insert(metric.name()).second) {
      fail("in '", this->name(), "': two metrics are called '", metric.name(), "': give one another .name");
    }
  }
  auto& net = network();
  net.inference.reset();
  net.trainer = std::make_shared<Trainer<B>>(*this, std::move(options.optimizer), std::move(options.loss),
                                             std::move(options.metrics), net.trainer.get());
}

template <class B>
Trainer<B>& Model<B>::trainer() const {
  if (!network().trainer)
    fail("in '", this->name(), "': the model has not been compiled: call compile() first");
  return *network().trainer;
}

}  // namespace tanuki
