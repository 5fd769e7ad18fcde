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

inline Logs validation_logs(const Logs& logs) {
  Logs renamed;
  for (const auto& [key, value] : logs) renamed.emplace_back("val_" + key, value);
  return renamed;
}

}  // namespace detail

/// Trains on `data` (batched), epoch by epoch. The History has "loss", the metrics, the same with "val_" in
/// front where there is validation data, and "seconds". Throws Error for a model that is not compiled, for
/// data that does not fit or is empty, and, naming epoch and batch, where the loss is not finite.
template <class B>
History Model<B>::fit(const Dataset& data, const FitOptions& options) const {
  auto& trainer = this->trainer();
  auto& context = default_context<B>();
  std::ostream& out = options.output ? *options.output : std::cout;
  detail::warn_before_training(out, *this, trainer);
  History history;
  Logs logs;
  const auto stop = [&] {
    return std::any_of(options.callbacks.begin(), options.callbacks.end(),
                       [](auto& c) { return c->stops_training(); });
  };
  for (auto& callback : options.callbacks) callback->stop_training(false), callback->on_train_begin();

  for (Index epoch = options.initial_epoch; epoch < options.epochs && !stop(); ++epoch) {
    const auto begin = std::chrono::steady_clock::now();
    for (auto& callback : options.callbacks) callback->on_epoch_begin(epoch);
    if (options.verbose) out << "Epoch " << epoch + 1 << '/' << options.epochs << std::endl;
    std::optional<ProgressBar> bar;
    if (options.verbose)
      bar.emplace(out, ProgressBarOptions{.steps = std::max<Index>(data.cardinality(), 0)});

    trainer.reset_metrics();
    Index step = 0;
    const auto iterator = data.iterate(trainer.next_epoch());
    for (std::optional<Example> batch; !stop() && (batch = iterator->next());) {
      for (auto& callback : options.callbacks) callback->on_train_batch_begin(step);
      try {
        trainer.train_step(context, batch->x, batch->y);
      } catch (const Error& error) {
        throw Error("[fit] epoch " + std::to_string(epoch + 1) + ", batch " + std::to_string(step + 1) +
                    ": " + error.what());
      }
      logs = trainer.logs();
      for (auto& callback : options.callbacks) callback->on_train_batch_end(step, logs);
      ++step;
      if (bar) bar->update(step, logs);
    }
    if (step == 0) fail("[fit] the data is empty");

    if (options.validation_data) {
      for (const auto& entry : detail::validation_logs(evaluate(*options.validation_data)))
        logs.push_back(entry);
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    if (bar) bar->finish(logs);
    for (auto& callback : options.callbacks) callback->on_epoch_end(epoch, logs);
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
