#pragma once

// model.evaluate() and test_on_batch(): loss and metrics in inference mode. And train_on_batch().
// (keras/src/backend/tensorflow/trainer.py)

#include "tanuki/training/batches_ahead.hpp"
#include "tanuki/training/compile.hpp"

namespace tanuki {

struct EvaluateOptions {
  Index epoch = 0;                ///< which pass over the data, for data that is shuffled
  Index batch_size = 32;          ///< for tensors; a Dataset is batched already
  Index steps = 0;                ///< batches to take at most; 0: all
  TensorList sample_weight = {};  ///< for tensors: one, or one for each output
};

struct TrainOnBatchOptions {
  Index micro_batch_size = 0;     ///< as in FitOptions
  TensorList sample_weight = {};  ///< one, or one for each output
  ClassWeight class_weight = {};  ///< for a model of one output
};

namespace detail {

/// Labels that sample or class weights are for; throws Error where both are given, or do not fit the outputs.
inline void check_weights(std::string_view caller, std::size_t outputs, const TensorList& sample_weight,
                          const ClassWeight& class_weight) {
  if (class_weight.empty()) return;
  if (!sample_weight.empty()) fail(caller, "sample_weight and class_weight are given, expected one of them");
  if (outputs != 1) fail(caller, "class_weight is for models of one output, this one has ", outputs);
  for (const auto& [label, weight] : class_weight) {
    if (label < 0 || !(weight >= 0 && std::isfinite(weight)))
      fail(caller, "class_weight has ", weight, " for label ", label,
           ", expected labels of 0 or more, and for each a number of 0 or more");
  }
}

}  // namespace detail

/// `not_finite`, where given, becomes the first batch whose loss is no number, as far as the data explains that: "batch 3 (the
/// batch's x has nan in example 1)".
template <class B>
Logs Model<B>::evaluate_batches(const Batches& data, Index epoch, Index steps,
                                std::string* not_finite) const {
  auto& trainer = this->trainer();
  if (steps < 0) fail("[evaluate] steps is ", steps, ", expected 0 or more");
  if (steps == 0 && data.cardinality() == infinite_cardinality)
    fail("[evaluate] the dataset never ends: expected steps");
  trainer.reset_metrics();
  Index batches = 0;
  std::optional<BatchesAhead<B>> pass;
  for (; steps == 0 || batches < steps; ++batches) {
    try {
      if (!pass) pass.emplace(data.iterate(epoch));
      const Batch* const batch = pass->next();
      if (!batch) break;
      if (!batch->features) check_batch(*batch);
      const DeviceBatch<B> there = pass->there(*batch);
      const float loss = trainer.test_step(default_context<B>(), *this, there, [&] {
        if (batches + 1 != steps) pass->meanwhile();
      });
      if (not_finite && not_finite->empty() && !std::isfinite(loss))
        *not_finite = "batch " + std::to_string(batches + 1) + there.not_finite();
    } catch (const std::exception& error) {
      fail_in("[evaluate] batch " + std::to_string(batches + 1) + ": ", error);
    }
  }
  if (batches == 0) fail("[evaluate] the data is empty");
  return trainer.logs();
}

/// Throws Error unless the batch has what each input takes.
template <class B>
void Model<B>::check_batch(const Batch& batch) const {
  if (batch.x.size() != inputs().size())
    fail("in '", this->name(), "': ", batch.x.size(), " inputs were given, expected ", inputs().size());
  for (std::size_t i = 0; i < batch.x.size(); ++i) check_batch(batch.x[i]->shape(), 1, i);
}

/// Means over all of `data` (batched): "loss", then the metrics. Throws Error for a model that is not
/// compiled, for data without a single batch, and, naming the batch, for data that does not fit.
template <class B>
Logs Model<B>::evaluate(const Dataset& data, const EvaluateOptions& options) const {
  if (!options.sample_weight.empty())
    fail("[evaluate] sample_weight is for tensors, a dataset was given, which has it in its examples");
  return evaluate_batches(DatasetBatches(data), options.epoch, options.steps);
}

template <class B>
Logs Model<B>::evaluate(const Dataset& data) const {
  return evaluate(data, {});
}

/// The same over rows of an x for each input and a y for each output.
template <class B>
Logs Model<B>::evaluate(const std::vector<Tensor<Cpu>>& x, const std::vector<Tensor<Cpu>>& y,
                        const EvaluateOptions& options) const {
  return evaluate_batches(TensorBatches({pointers(x), pointers(y), pointers(options.sample_weight)},
                                        {.caller = "[evaluate] ", .batch_size = options.batch_size}),
                          options.epoch, options.steps);
}

template <class B>
Logs Model<B>::evaluate(const std::vector<Tensor<Cpu>>& x, const std::vector<Tensor<Cpu>>& y) const {
  return evaluate(x, y, EvaluateOptions{});
}

template <class B>
Logs Model<B>::evaluate(const Tensor<Cpu>& x, const Tensor<Cpu>& y, const EvaluateOptions& options) const {
  return evaluate_batches(TensorBatches({{&x}, {&y}, pointers(options.sample_weight)},
                                        {.caller = "[evaluate] ", .batch_size = options.batch_size}),
                          options.epoch, options.steps);
}

template <class B>
Logs Model<B>::evaluate(const Tensor<Cpu>& x, const Tensor<Cpu>& y) const {
  return evaluate(x, y, {});
}

template <class B>
Logs Model<B>::test_batch(const Batch& batch) const {
  auto& trainer = this->trainer();
  check_batch(batch);
  trainer.reset_metrics();
  trainer.test_step(default_context<B>(), *this, DeviceBatch<B>(batch));
  return trainer.logs();
}

/// Loss and metrics of this batch alone.
template <class B>
Logs Model<B>::test_on_batch(const Tensor<Cpu>& x, const Tensor<Cpu>& y) const {
  return test_batch({{&x}, {&y}});
}

template <class B>
Logs Model<B>::test_on_batch(const Tensor<Cpu>& x, const Tensor<Cpu>& y,
                             const EvaluateOptions& options) const {
  return test_batch({{&x}, {&y}, pointers(options.sample_weight)});
}

template <class B>
Logs Model<B>::test_on_batch(const std::vector<Tensor<Cpu>>& x, const std::vector<Tensor<Cpu>>& y,
                             const EvaluateOptions& options) const {
  return test_batch({pointers(x), pointers(y), pointers(options.sample_weight)});
}

template <class B>
Logs Model<B>::test_on_batch(const std::vector<Tensor<Cpu>>& x, const std::vector<Tensor<Cpu>>& y) const {
  return test_on_batch(x, y, EvaluateOptions{});
}

template <class B>
Logs Model<B>::train_batch(Batch batch, const TrainOnBatchOptions& options) const {
  auto& trainer = this->trainer();
  check_batch(batch);
  detail::check_weights("[train_on_batch] ", outputs().size(), options.sample_weight, options.class_weight);
  Tensor<Cpu> class_weights;
  batch.weights = pointers(options.sample_weight);
  if (!options.class_weight.empty()) {
    class_weights = class_weights_of(*batch.y.at(0), options.class_weight);
    batch.weights = {&class_weights};
  }
  trainer.reset_metrics();
  trainer.train_step(default_context<B>(), DeviceBatch<B>(batch, options.micro_batch_size),
                     options.micro_batch_size);
  return trainer.logs();
}

/// One training step; loss and metrics of this batch alone.
template <class B>
Logs Model<B>::train_on_batch(const Tensor<Cpu>& x, const Tensor<Cpu>& y,
                              const TrainOnBatchOptions& options) const {
  return train_batch({{&x}, {&y}}, options);
}

template <class B>
Logs Model<B>::train_on_batch(const Tensor<Cpu>& x, const Tensor<Cpu>& y) const {
  return train_batch({{&x}, {&y}}, {});
}

template <class B>
Logs Model<B>::train_on_batch(const std::vector<Tensor<Cpu>>& x, const std::vector<Tensor<Cpu>>& y,
                              const TrainOnBatchOptions& options) const {
  return train_batch({pointers(x), pointers(y)}, options);
}

template <class B>
Logs Model<B>::train_on_batch(const std::vector<Tensor<Cpu>>& x, const std::vector<Tensor<Cpu>>& y) const {
  return train_on_batch(x, y, TrainOnBatchOptions{});
}

}  // namespace tanuki
