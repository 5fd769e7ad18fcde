#pragma once

// What fit() takes besides the data.

#include <cmath>
#include <ostream>

#include "tanuki/training/callback.hpp"
#include "tanuki/training/validation_data.hpp"

namespace tanuki {

struct FitOptions {
  Index epochs = 1;  ///< where to end, counted from epoch 0
  ValidationData validation_data = {};
  std::vector<std::shared_ptr<Callback>> callbacks = {};
  Index initial_epoch = 0;
  bool verbose = true;
  std::ostream* output = nullptr;  ///< for the progress and warnings; null: std::cout, and std::cerr
  Index batch_size = 32;           ///< for tensors; a Dataset is batched already
  bool shuffle = true;             ///< for tensors: another order each epoch
  Index micro_batch_size = 0;      ///< examples that go through at once, to save memory; 0: the whole batch
  TensorList sample_weight = {};   ///< for tensors: one, or one for each output
  ClassWeight class_weight = {};   ///< for a model of one output
  double validation_split = 0;     ///< for tensors: this last part of the examples is validation data
  Index steps_per_epoch = 0;  ///< batches an epoch; the next one goes on behind them. 0: a pass over the data
  Index validation_steps = 0;       ///< batches to take at most; 0: all
  Index validation_batch_size = 0;  ///< for tensors; 0: batch_size
  Index validation_freq = 1;        ///< validate after every so many epochs
  bool keep_features =
      true;  ///< where nothing random lies below what is trained, and the data is the same each epoch:
             ///< images go through that part once, and what comes out is kept
  Index features_in_memory =
      Index{1}
      << 30;  ///< bytes; what is more lies in temporary files, as what configure()'s memory_limit has no room for
};

namespace detail {

/// Throws Error for numbers that make no sense.
inline void check_fit_options(const FitOptions& options) {
  const auto at_least = [](const char* option, Index value, Index least) {
    if (value < least) fail("[fit] ", option, " is ", value, ", expected ", least, " or more");
  };
  at_least("epochs", options.epochs, 0);
  at_least("initial_epoch", options.initial_epoch, 0);
  at_least("micro_batch_size", options.micro_batch_size, 0);
  at_least("steps_per_epoch", options.steps_per_epoch, 0);
  at_least("validation_steps", options.validation_steps, 0);
  at_least("validation_batch_size", options.validation_batch_size, 0);
  at_least("validation_freq", options.validation_freq, 1);
  at_least("features_in_memory", options.features_in_memory, 0);
}

/// Throws Error for passes that never end, where no number of steps ends them.
inline void check_that_passes_end(const Batches& data, const Batches* validation_data,
                                  const FitOptions& options) {
  const auto endless = [](const Batches& batches) { return batches.cardinality() == infinite_cardinality; };
  if (options.steps_per_epoch == 0 && endless(data))
    fail("[fit] the dataset never ends: expected steps_per_epoch");
  if (options.validation_steps == 0 && validation_data && endless(*validation_data))
    fail("[fit] validation_data never ends: expected validation_steps");
}

inline Index validation_batch_size(const FitOptions& options) {
  return options.validation_batch_size ? options.validation_batch_size : options.batch_size;
}

/// How many of the examples are for training, the first ones.
inline Index training_part(Index examples, double validation_split) {
  if (!(validation_split >= 0 && validation_split < 1))
    fail("[fit] validation_split is ", validation_split, ", expected 0 to below 1");
  if (validation_split == 0) return examples;
  const Index part = Index(std::floor(double(examples) * (1.0 - validation_split)));
  if (part == 0 || part == examples)
    fail("[fit] ", examples, " examples are too few for a validation_split of ", validation_split);
  return part;
}

}  // namespace detail

}  // namespace tanuki
