#pragma once

// model.fit(): epochs of training steps, each followed by the validation.
// (keras/src/backend/tensorflow/trainer.py)

#include <chrono>
#include <iostream>

#include "tanuki/callbacks/callback.hpp"
#include "tanuki/training/evaluate.hpp"
#include "tanuki/training/history.hpp"
#include "tanuki/training/progress_bar.hpp"

namespace tanuki {

struct FitOptions {
  Index epochs = 1;  ///< where to end, counted from epoch 0
  std::optional<Dataset> validation_data = std::nullopt;
  std::vector<std::shared_ptr<Callback>> callbacks = {};
  Index initial_epoch = 0;
  bool verbose = true;
  std::ostream* output = nullptr;  ///< for the progress and warnings; null: std::cout
  Index batch_size = 32;           ///< for tensors; a Dataset is batched already
  bool shuffle = true;             ///< for tensors: another order each epoch
  Index micro_batch_size = 0;      ///< examples that go through at once, to save memory; 0: the whole batch
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
  for (const auto& metric : trainer.metrics()) {
    if (trainer.loss().from_logits() && metric.threshold() == 0.5) {
      warn(
          "the loss takes logits, and BinaryAccuracy counts a logit above 0.5 as class 1, "
          "a probability of 0.622. Use BinaryAccuracy({.threshold = 0}) for 0.5.");
    }
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

/// evaluate(), with "val_" in front of the names.
template <class B>
Logs validate(const Model<B>& model, const Dataset& data, Index epoch) {
  const auto start = [&] { return "[fit] epoch " + std::to_string(epoch + 1) + ", validation_data: "; };
  Logs renamed;
  try {
    for (const auto& [key, value] : model.evaluate(data)) renamed.emplace_back("val_" + key, value);
  } catch (const Error& error) {
    throw Error(start() + error.what());
  }
  if (!std::isfinite(renamed[0].second)) fail(start(), "the loss is ", renamed[0].second);
  return renamed;
}

}  // namespace detail

/// Trains on `data` (batched), epoch by epoch. The History has "loss", the metrics, the same with "val_" in
/// front where there is validation data, and "seconds". Throws Error for a model that is not compiled, for
/// data that does not fit or is empty, and, naming epoch and batch, where a loss is not finite; for a callback
/// that is null, compiles the model or changes its layers; with a
/// micro_batch_size (see micro_batch.hpp), naming the layer, for a batch normalisation in batch mode.
template <class B>
History Model<B>::fit(const Dataset& data, const FitOptions& options) const {
  auto& trainer = this->trainer();
  const auto compiled = network().trainer;  // stays, whatever a callback does to the model
  auto& context = default_context<B>();
  std::ostream& out = options.output ? *options.output : std::cout;
  check_micro_batches(trainer.plan().graph(), options.micro_batch_size);
  if (options.epochs < 0) fail("[fit] epochs is ", options.epochs, ", expected 0 or more");
  if (options.initial_epoch < 0)
    fail("[fit] initial_epoch is ", options.initial_epoch, ", expected 0 or more");
  for (std::size_t i = 0; i < options.callbacks.size(); ++i) {
    if (!options.callbacks[i]) fail("[fit] callback number ", i, " is null");
  }
  if (options.validation_data) detail::warn_of_other_classes(out, data, *options.validation_data);
  detail::warn_before_training(out, *this, trainer);
  History history;
  Logs logs;
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
  tell([](Callback& c) { c.stop_training(false), c.on_train_begin(); });

  for (Index epoch = options.initial_epoch; epoch < options.epochs && !stop(); ++epoch) {
    const auto begin = std::chrono::steady_clock::now();
    tell([&](Callback& c) { c.on_epoch_begin(epoch); });
    if (options.verbose) out << "Epoch " << epoch + 1 << '/' << options.epochs << std::endl;
    std::optional<ProgressBar> bar;
    if (options.verbose)
      bar.emplace(out, ProgressBarOptions{.steps = std::max<Index>(data.cardinality(), 0)});

    trainer.reset_metrics();
    Index step = 0;
    const auto iterator = data.iterate(trainer.next_epoch());
    for (std::optional<Example> batch; !stop() && (batch = iterator->next());) {
      tell([&](Callback& c) { c.on_train_batch_begin(step); });
      try {
        check_batch(batch->x.shape());
        trainer.train_step(context, batch->x, batch->y, options.micro_batch_size);
      } catch (const Error& error) {
        throw Error("[fit] epoch " + std::to_string(epoch + 1) + ", batch " + std::to_string(step + 1) +
                    ": " + error.what());
      }
      logs = trainer.logs();
      tell([&](Callback& c) { c.on_train_batch_end(step, logs); });
      ++step;
      if (bar) bar->update(step, logs);
    }
    if (step == 0) fail("[fit] the data is empty");

    if (options.validation_data) {
      const Logs validation = detail::validate(*this, *options.validation_data, epoch);
      logs.insert(logs.end(), validation.begin(), validation.end());
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    if (bar) bar->finish(logs);
    tell([&](Callback& c) { c.on_epoch_end(epoch, logs); });
    Logs timed = logs;
    timed.emplace_back("seconds", seconds.count());
    history.add(timed);
  }
  for (auto& callback : options.callbacks) callback->on_train_end(logs);
  return history;
}

/// Trains on rows of x with rows of y, in batches of options.batch_size.
template <class B>
History Model<B>::fit(const Tensor<Cpu>& x, const Tensor<Cpu>& y, const FitOptions& options) const {
  auto data = Dataset::from_tensors(x, y);
  if (options.shuffle) data = data.shuffle(random_seed());
  return fit(data.batch(options.batch_size), options);
}

}  // namespace tanuki
