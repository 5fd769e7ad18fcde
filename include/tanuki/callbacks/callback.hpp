#pragma once

// What fit() calls while it trains; derive and override. Epochs and batches count from 0.
// (keras/src/callbacks/callback.py)

#include "tanuki/callbacks/logs.hpp"
#include "tanuki/core/shape.hpp"

namespace tanuki {

class Callback {
 public:
  virtual ~Callback() = default;

  virtual void on_train_begin() {}
  /// `logs` are the last epoch's.
  virtual void on_train_end(const Logs& logs) { (void)logs; }
  virtual void on_epoch_begin(Index epoch) { (void)epoch; }
  /// `logs` hold the validation's too, as "val_…".
  virtual void on_epoch_end(Index epoch, const Logs& logs) { (void)epoch, (void)logs; }
  virtual void on_train_batch_begin(Index batch) { (void)batch; }
  /// `logs` are the running means of the epoch.
  virtual void on_train_batch_end(Index batch, const Logs& logs) { (void)batch, (void)logs; }

  /// Asks fit() to end: after the current batch, with the epoch's validation (Keras' model.stop_training).
  /// fit() clears it when it begins.
  void stop_training(bool stop = true) { stops_training_ = stop; }
  bool stops_training() const { return stops_training_; }

 private:
  bool stops_training_ = false;
};

}  // namespace tanuki
