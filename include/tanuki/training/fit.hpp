#pragma once

// model.fit(): epochs of training steps, each followed by the validation.
// (keras/src/backend/tensorflow/trainer.py)

#include "tanuki/training/fit_loop.hpp"

namespace tanuki {

template <class B>
History Model<B>::fit_batches(const Batches& data, const Batches* validation_data,
                              const FitOptions& options) const {
  return FitLoop<B>(*this, data, validation_data, options).run();
}

/// Trains on `data` (batched), epoch by epoch. The History has "loss", the metrics, the same with "val_" in
/// front where there is validation data, and "seconds". Throws Error for a model that is not compiled, for
/// data that does not fit or is empty, and, naming epoch and batch, where a loss is not finite; for a callback
/// that is null, compiles the model or changes its layers; with a
/// micro_batch_size (see micro_batch.hpp), naming the layer, for a batch normalisation in batch mode.
template <class B>
History Model<B>::fit(const Dataset& data, const FitOptions& options) const {
  if (!options.sample_weight.empty() || options.validation_split != 0)
    fail(
        "[fit] sample_weight and validation_split are for tensors, a dataset was given, which has sample "
        "weights in "
        "its examples and validation_data beside it");
  detail::check_weights("[fit] ", outputs().size(), options.sample_weight, options.class_weight);
  const auto* validation_data = options.validation_data.dataset();
  std::ostream& out = options.output ? *options.output : std::cerr;
  if (!trainer().warned()) {
    detail::warn_of_cached_randomness(out, data);
    if (validation_data) detail::warn_of_other_classes(out, data, *validation_data);
  }
  const auto validation = options.validation_data
                              ? options.validation_data.batches(detail::validation_batch_size(options))
                              : nullptr;
  return fit_batches(DatasetBatches(data, options.class_weight), validation.get(), options);
}

template <class B>
History Model<B>::fit(const Dataset& data) const {
  return fit(data, {});
}

/// Trains on rows of x with rows of y, in batches of options.batch_size.
template <class B>
History Model<B>::fit(const Tensor<Cpu>& x, const Tensor<Cpu>& y, const FitOptions& options) const {
  return fit_tensors({{&x}, {&y}, pointers(options.sample_weight)}, options);
}

template <class B>
History Model<B>::fit(const Tensor<Cpu>& x, const Tensor<Cpu>& y) const {
  return fit(x, y, {});
}

/// The same with an x for each input and a y for each output.
template <class B>
History Model<B>::fit(const std::vector<Tensor<Cpu>>& x, const std::vector<Tensor<Cpu>>& y,
                      const FitOptions& options) const {
  return fit_tensors({pointers(x), pointers(y), pointers(options.sample_weight)}, options);
}

template <class B>
History Model<B>::fit(const std::vector<Tensor<Cpu>>& x, const std::vector<Tensor<Cpu>>& y) const {
  return fit(x, y, {});
}

template <class B>
History Model<B>::fit_tensors(Batch data, const FitOptions& options) const {
  detail::check_weights("[fit] ", outputs().size(), options.sample_weight, options.class_weight);
  Tensor<Cpu> class_weights;
  if (!options.class_weight.empty() && !data.y.empty()) {
    class_weights = class_weights_of(*data.y[0], options.class_weight);
    data.weights = {&class_weights};
  }
  const Index validation_size = detail::validation_batch_size(options);
  const double split = options.validation_data ? 0 : options.validation_split;  // as in Keras
  const Index part = detail::training_part(data.size(), split);
  std::unique_ptr<Batches> validation;
  if (options.validation_data) {
    validation = options.validation_data.batches(validation_size);
  } else if (part < data.size()) {
    const Batch same{data.x, data.y, pointers(options.sample_weight)};  // class weights are for training
    validation = std::make_unique<TensorBatches>(
        same, TensorBatchesOptions{
                  .caller = "[fit] validation_data: ", .batch_size = validation_size, .first = part});
  }
  TensorBatchesOptions how{.caller = "[fit] ", .batch_size = options.batch_size, .count = part};
  if (options.shuffle) how.shuffle = random_seed();
  return fit_batches(TensorBatches(data, how), validation.get(), options);
}

}  // namespace tanuki
