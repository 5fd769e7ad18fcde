#pragma once

// Ends training when a number of the logs has stopped getting better: EarlyStopping({.patience = 3}).
// (keras/src/callbacks/early_stopping.py)

#include "tanuki/callbacks/callback_state.hpp"
#include "tanuki/callbacks/monitor_callback.hpp"

namespace tanuki {

struct EarlyStoppingOptions {
  std::string monitor = "val_loss";
  double min_delta = 0;  ///< better by less does not count
  Index patience = 0;    ///< epochs without getting better
  bool verbose = false;
  std::string mode = "auto";  ///< "min", "max", or what the metric wants
  std::optional<double> baseline =
      std::nullopt;                   ///< what is not better than this is not good enough to go on
  bool restore_best_weights = false;  ///< at the end, the weights of the best epoch
  Index start_from_epoch = 0;
  std::ostream* output = nullptr;  ///< for messages and warnings; null: std::cout
};

/// As in Keras, training is not ended by epoch 0, and with restore_best_weights the weights are put back also where
/// training runs to its last epoch.
class EarlyStopping final : public MonitorCallback {
 public:
  using Options = EarlyStoppingOptions;

  /// Throws Error for options that make no sense.
  explicit EarlyStopping(EarlyStoppingOptions options = {})
      : MonitorCallback({.callback = "early_stopping",
                         .monitor = options.monitor,
                         .mode = options.mode,
                         .min_delta = options.min_delta,
                         .output = options.output}),
        options_(std::move(options)) {
    expect_not_negative("patience", options_.patience);
    expect_not_negative("start_from_epoch", options_.start_from_epoch);
  }

  void on_train_begin() override { now_ = {}; }

  void on_epoch_end(Index epoch, const Logs& logs) override {
    goes_up();
    const auto current = monitored(logs);
    if (!current)
      warn_of_missing("early stopping looks at '" + monitor() + "', which is not available", logs);
    if (!current || epoch < options_.start_from_epoch) return;
    if (options_.restore_best_weights && now_.best_weights.empty()) keep(epoch);
    ++now_.wait;
    if (is_improvement(*current, now_.best)) {
      now_.best = current;
      now_.best_epoch = epoch;
      if (options_.restore_best_weights) keep(epoch);
      if (!options_.baseline || is_improvement(*current, options_.baseline)) now_.wait = 0;
    } else if (now_.wait >= options_.patience && epoch > 0) {
      now_.stopped_epoch = epoch;
      stop_training();
    }
  }

  void on_train_end(const Logs&) override {
    if (options_.verbose && stopped_epoch() > 0)
      out() << "Epoch " << stopped_epoch() + 1 << ": early stopping" << std::endl;
    if (now_.best_weights.empty()) return;
    if (options_.verbose)
      out() << "Restoring model weights from the end of the best epoch: " << best_epoch() + 1 << '.'
            << std::endl;
    model().weights(now_.best_weights);
  }

  /// The best number so far; null before the first one.
  const std::optional<double>& best() const { return now_.best; }
  Index best_epoch() const { return now_.best_epoch; }
  /// The epoch that was the last; 0 where training has not been ended.
  Index stopped_epoch() const { return now_.stopped_epoch; }

  std::string state() const override {
    CallbackStateWriter writer;
    writer.put(now_.wait), writer.put(now_.stopped_epoch), writer.put(now_.best_epoch);
    writer.put(now_.best), writer.put(now_.best_weights);
    return std::move(writer).bytes();
  }
  void restore(const std::string& state) override {
    CallbackStateReader reader(name(), state);
    Now then;
    reader.get(then.wait), reader.get(then.stopped_epoch), reader.get(then.best_epoch);
    reader.get(then.best), reader.get(then.best_weights);
    reader.expect_end();
    now_ = std::move(then);
    if (stopped_epoch() > 0) stop_training();
  }

 private:
  struct Now {
    Index wait = 0, stopped_epoch = 0, best_epoch = 0;
    std::optional<double> best = std::nullopt;
    std::vector<ModelInTraining::WeightValues> best_weights = {};
  };

  void keep(Index epoch) {
    now_.best_weights = model().weights();
    now_.best_epoch = epoch;
  }

  EarlyStoppingOptions options_;
  Now now_;
};

}  // namespace tanuki
