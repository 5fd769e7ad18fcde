#pragma once

// model.evaluate() and test_on_batch(): loss and metrics in inference mode. And train_on_batch().

#include "tanuki/data/dataset.hpp"
#include "tanuki/training/compile.hpp"

namespace tanuki {

struct EvaluateOptions {
  Index epoch = 0;  ///< which pass over the data, for data that is shuffled
};

struct TrainOnBatchOptions {
  Index micro_batch_size = 0;  ///< as in FitOptions
};

/// Means over all of `data` (batched): "loss", then the metrics. Throws Error for a model that is not
/// compiled, for data without a single batch, and, naming the batch, for data that does not fit.
template <class B>
Logs Model<B>::evaluate(const Dataset& data, const EvaluateOptions& options) const {
  auto& trainer = this->trainer();
  trainer.reset_metrics();
  Index batches = 0;
  const auto iterator = data.iterate(options.epoch);
  while (const auto batch = iterator->next()) {
    ++batches;
    try {
      check_batch(batch->x.shape());
      trainer.test_step(default_context<B>(), inference_plan(), batch->x, batch->y);
    } catch (const Error& error) {
      fail("[evaluate] batch ", batches, ": ", error.what());
    }
  }
  if (batches == 0) fail("[evaluate] the data is empty");
  return trainer.logs();
}

template <class B>
Logs Model<B>::evaluate(const Dataset& data) const {
  return evaluate(data, {});
}

/// Loss and metrics of this batch alone.
template <class B>
Logs Model<B>::test_on_batch(const Tensor<Cpu>& x, const Tensor<Cpu>& y) const {
  auto& trainer = this->trainer();
  check_batch(x.shape());
  trainer.reset_metrics();
  trainer.test_step(default_context<B>(), inference_plan(), x, y);
  return trainer.logs();
}

/// One training step; loss and metrics of this batch alone.
template <class B>
Logs Model<B>::train_on_batch(const Tensor<Cpu>& x, const Tensor<Cpu>& y,
                              const TrainOnBatchOptions& options) const {
  auto& trainer = this->trainer();
  check_batch(x.shape());
  trainer.reset_metrics();
  trainer.train_step(default_context<B>(), x, y, options.micro_batch_size);
  return trainer.logs();
}

template <class B>
Logs Model<B>::train_on_batch(const Tensor<Cpu>& x, const Tensor<Cpu>& y) const {
  return train_on_batch(x, y, {});
}

}  // namespace tanuki
