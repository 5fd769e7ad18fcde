#pragma once

// model.fit(): epochs of training steps, each followed by the validation.
// (keras/src/backend/tensorflow/trainer.py)

#include <chrono>
#include <iostream>

#include "tanuki/training/callback.hpp"
#include "tanuki/training/compile.hpp"
#include "tanuki/training/evaluate.hpp"
#include "tanuki/training/history.hpp"
#include "tanuki/training/model_being_fit.hpp"
#include "tanuki/training/progress_bar.hpp"
#include "tanuki/training/validation_data.hpp"

namespace tanuki {

struct FitOptions {
  Index epochs = 1;  ///< where to end, counted from epoch 0
  ValidationData validation_data = {};
  std::vector<std::shared_ptr<Callback>> callbacks = {};
  Index initial_epoch = 0;
  bool verbose = true;
  std::ostream* output = nullptr;  ///< for the progress and warnings; null: std::cout
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
};

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

/// Throws Error for numbers that make no sense.
inline void check_fit_options(const FitOptions& options) {
  const auto at_least = [](const char* option, Index value, Index least) {
    if (value < least) fail("[fit] ", option, " is ", value, ", expected ", least, " or more");
  };
  at_least("epochs", options.epochs, 0);
  at_least("initial_epoch", options.initial_epoch, 0);
  at_least("steps_per_epoch", options.steps_per_epoch, 0);
  at_least("validation_steps", options.validation_steps, 0);
  at_least("validation_batch_size", options.validation_batch_size, 0);
  at_least("validation_freq", options.validation_freq, 1);
  for (std::size_t i = 0; i < options.callbacks.size(); ++i) {
    if (!options.callbacks[i]) fail("[fit] callback number ", i, " is null");
  }
}

/// Gives callbacks the model, and takes it from them at its end.
class CallbacksWithModel {
 public:
  CallbacksWithModel(const std::vector<std::shared_ptr<Callback>>& callbacks, ModelInTraining& model)
      : callbacks_(callbacks) {
    for (auto& callback : callbacks_) callback->set_model(&model);
  }
  CallbacksWithModel(const CallbacksWithModel&) = delete;
  CallbacksWithModel& operator=(const CallbacksWithModel&) = delete;
  ~CallbacksWithModel() {
    for (auto& callback : callbacks_) callback->set_model(nullptr);
  }

 private:
  const std::vector<std::shared_ptr<Callback>>& callbacks_;
};

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

template <class B>
Logs Model<B>::validate(const Batches& data, Index epoch, Index steps) const {
  const auto start = [&] { return "[fit] epoch " + std::to_string(epoch + 1) + ", validation_data: "; };
  Logs renamed;
  try {
    for (const auto& [key, value] : evaluate_batches(data, 0, steps))
      renamed.emplace_back("val_" + key, value);
  } catch (const Error& error) {
    throw Error(start() + error.what());
  }
  if (!std::isfinite(renamed[0].second)) fail(start(), "the loss is ", renamed[0].second);
  return renamed;
}

template <class B>
History Model<B>::fit_batches(const Batches& data, const Batches* validation_data,
                              const FitOptions& options) const {
  auto compiled = network().trainer;  // stays, whatever a callback does to the model
  auto* trainer = &this->trainer();
  auto& context = default_context<B>();
  std::ostream& out = options.output ? *options.output : std::cout;
  check_micro_batches(trainer->plan().graph(), options.micro_batch_size);
  detail::check_fit_options(options);
  detail::warn_before_training(out, *this, *trainer);
  History history;
  Logs logs;
  std::unique_ptr<BatchPass> pass;
  const auto stop = [&] {
    return std::any_of(options.callbacks.begin(), options.callbacks.end(),
                       [](auto& c) { return c->stops_training(); });
  };
  const auto tell = [&](const auto& what) {
    for (auto& callback : options.callbacks) what(*callback);
    if (network().trainer != compiled)
      fail("[fit] a callback has compiled '", this->name(),
           "' or changed its layers: expected that after fit()");
  };
  ModelBeingFit<B> model(*this);
  const detail::CallbacksWithModel with_model(options.callbacks, model);
  tell([](Callback& c) { c.stop_training(false), c.on_train_begin(); });

  for (Index epoch = options.initial_epoch; epoch < options.epochs && !stop(); ++epoch) {
    const auto begin = std::chrono::steady_clock::now();
    tell([&](Callback& c) { c.on_epoch_begin(epoch); });
    if (model.take_changed()) {
      recompile();
      compiled = network().trainer;
      trainer = compiled.get();
    }
    if (options.verbose) out << "Epoch " << epoch + 1 << '/' << options.epochs << std::endl;
    std::optional<ProgressBar> bar;
    if (options.verbose)
      bar.emplace(
          out, ProgressBarOptions{.steps = options.steps_per_epoch ? options.steps_per_epoch
                                                                   : std::max<Index>(data.cardinality(), 0)});

    trainer->reset_metrics();
    Index step = 0;
    if (options.steps_per_epoch == 0) pass.reset();
    const auto next = [&]() -> const Batch* {
      if (options.steps_per_epoch && step == options.steps_per_epoch) return nullptr;
      if (!pass) pass = data.iterate(trainer->next_epoch());
      const Batch* batch = pass->next();
      if (batch || options.steps_per_epoch == 0) return batch;
      pass = data.iterate(trainer->next_epoch());
      return pass->next();
    };
    for (const Batch* batch; !stop() && (batch = next());) {
      tell([&](Callback& c) { c.on_train_batch_begin(step); });
      try {
        check_batch(*batch);
        trainer->train_step(context, *batch, options.micro_batch_size);
      } catch (const Error& error) {
        throw Error("[fit] epoch " + std::to_string(epoch + 1) + ", batch " + std::to_string(step + 1) +
                    ": " + error.what());
      }
      logs = trainer->logs();
      tell([&](Callback& c) { c.on_train_batch_end(step, logs); });
      ++step;
      if (bar) bar->update(step, logs);
    }
    if (step == 0) fail("[fit] the data is empty");

    if (validation_data && (epoch + 1) % options.validation_freq == 0) {
      const Logs validation = validate(*validation_data, epoch, options.validation_steps);
      logs.insert(logs.end(), validation.begin(), validation.end());
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    if (bar) bar->finish(logs);
    tell([&](Callback& c) { c.on_epoch_end(epoch, logs); });
    Logs timed = logs;
    timed.emplace_back("seconds", seconds.count());
    history.add(timed);
  }
  if (history.epochs() > 0) trainer->finalize();
  for (auto& callback : options.callbacks) callback->on_train_end(logs);
  return history;
}

/// Trains on `data` (batched), epoch by epoch. The History has "loss", the metrics, the same with "val_" in
/// front where there is validation data, and "seconds". Throws Error for a model that is not compiled, for
/// data that does not fit or is empty, and, naming epoch and batch, where a loss is not finite; for a callback
/// that is null, compiles the model or changes its layers; with a
/// micro_batch_size (see micro_batch.hpp), naming the layer, for a batch normalisation in batch mode.
template <class B>
History Model<B>::fit(const Dataset& data, const FitOptions& options) const {
  if (!options.sample_weight.empty() || options.validation_split != 0)
    fail("[fit] sample_weight and validation_split are for tensors, a dataset was given");
  detail::check_weights(outputs().size(), options.sample_weight, options.class_weight);
  const auto* validation_data = options.validation_data.dataset();
  if (validation_data)
    detail::warn_of_other_classes(options.output ? *options.output : std::cout, data, *validation_data);
  const auto validation = options.validation_data
                              ? options.validation_data.batches(detail::validation_batch_size(options))
                              : nullptr;
  return fit_batches(DatasetBatches(data, options.class_weight), validation.get(), options);
}

/// Trains on rows of x with rows of y, in batches of options.batch_size.
template <class B>
History Model<B>::fit(const Tensor<Cpu>& x, const Tensor<Cpu>& y, const FitOptions& options) const {
  return fit_tensors({{&x}, {&y}, pointers(options.sample_weight)}, options);
}

/// The same with an x for each input and a y for each output.
template <class B>
History Model<B>::fit(const std::vector<Tensor<Cpu>>& x, const std::vector<Tensor<Cpu>>& y,
                      const FitOptions& options) const {
  return fit_tensors({pointers(x), pointers(y), pointers(options.sample_weight)}, options);
}

template <class B>
History Model<B>::fit_tensors(Batch data, const FitOptions& options) const {
  detail::check_weights(outputs().size(), options.sample_weight, options.class_weight);
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
        same, TensorBatchesOptions{.batch_size = validation_size, .first = part});
  }
  TensorBatchesOptions how{.batch_size = options.batch_size, .count = part};
  if (options.shuffle) how.shuffle = random_seed();
  return fit_batches(TensorBatches(data, how), validation.get(), options);
}

}  // namespace tanuki
