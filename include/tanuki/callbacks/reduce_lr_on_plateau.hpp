#pragma once

// Lowers the learning rate when a number of the logs has stopped getting better: ReduceLROnPlateau({.factor = 0.2}).
// (keras/src/callbacks/reduce_lr_on_plateau.py)

#include "tanuki/callbacks/callback_state.hpp"
#include "tanuki/callbacks/monitor_callback.hpp"
#include "tanuki/core/format.hpp"

namespace tanuki {

struct ReduceLROnPlateauOptions {
  std::string monitor = "val_loss";
  double factor = 0.1;
  Index patience = 10;  ///< epochs without getting better
  bool verbose = false;
  std::string mode = "auto";  ///< "min", "max", or what the metric wants
  double min_delta = 1e-4;    ///< better by less does not count
  Index cooldown = 0;         ///< epochs after a reduction in which none is counted
  double min_lr = 0;
  std::ostream* output = nullptr;  ///< for messages and warnings; null: std::cout
};

/// The rate is a float32, as in Keras. One that follows a schedule cannot be lowered: fit() then throws Error.
class ReduceLROnPlateau final : public MonitorCallback {
 public:
  using Options = ReduceLROnPlateauOptions;

  /// Throws Error for options that make no sense.
  explicit ReduceLROnPlateau(ReduceLROnPlateauOptions options = {})
      : MonitorCallback({.callback = "reduce_lr_on_plateau",
                         .monitor = options.monitor,
                         .mode = options.mode,
                         .min_delta = options.min_delta,
                         .output = options.output}),
        options_(std::move(options)) {
    if (!(options_.factor >= 0 && options_.factor < 1))
      fail("[", name(), "] factor is ", options_.factor, ", expected 0 to below 1");
    if (!(options_.min_lr >= 0 && std::isfinite(options_.min_lr)))
      fail("[", name(), "] min_lr is ", options_.min_lr, ", expected a number of 0 or more");
    expect_not_negative("patience", options_.patience);
    expect_not_negative("cooldown", options_.cooldown);
  }

  void on_train_begin() override { now_ = {}; }

  /// The rate of the epoch.
  void add_to_logs(Logs& logs) const override {
    logs.set("learning_rate", double(float(model().learning_rate())));
  }

  void on_epoch_end(Index epoch, const Logs& logs) override {
    goes_up();
    const auto current = monitored(logs);
    if (!current)
      return warn_of_missing("learning rate reduction looks at '" + monitor() + "', which is not available",
                             logs);
    if (now_.cooldown > 0) {
      --now_.cooldown;
      now_.wait = 0;
    }
    if (is_improvement(*current, now_.best)) {
      now_.best = current;
      now_.wait = 0;
    } else if (now_.cooldown == 0 && ++now_.wait >= options_.patience && reduce(epoch)) {
      now_.cooldown = options_.cooldown;
      now_.wait = 0;
    }
  }

  std::string state() const override {
    CallbackStateWriter writer;
    writer.put(now_.best), writer.put(now_.wait), writer.put(now_.cooldown);
    return std::move(writer).bytes();
  }
  void restore(const std::string& state) override {
    CallbackStateReader reader(name(), state);
    Now then;
    reader.get(then.best), reader.get(then.wait), reader.get(then.cooldown);
    reader.expect_end();
    now_ = then;
  }

 private:
  struct Now {
    std::optional<double> best = std::nullopt;
    Index wait = 0, cooldown = 0;
  };

  bool reduce(Index epoch) const {
    const float rate = float(model().learning_rate());
    if (!(rate > float(options_.min_lr))) return false;
    const double lower = std::max(double(rate) * options_.factor, options_.min_lr);
    model().learning_rate(double(float(lower)));
    if (options_.verbose)
      out() << "\nEpoch " << epoch + 1 << ": ReduceLROnPlateau reducing learning rate to " << shortest(lower)
            << '.' << std::endl;
    return true;
  }

  ReduceLROnPlateauOptions options_;
  Now now_;
};

}  // namespace tanuki
