#pragma once

// What fit() calls while it trains; derive and override. Epochs and batches count from 0.
// (keras/src/callbacks/callback.py)

#include "tanuki/core/logs.hpp"
#include "tanuki/training/model_in_training.hpp"
#include "tanuki/training/training_state.hpp"

namespace tanuki {

class Callback {
 public:
  virtual ~Callback() = default;

  virtual void on_train_begin() {}
  /// `logs` are the last epoch's.
  virtual void on_train_end(const Logs& logs) { (void)logs; }
  /// Not called again for an epoch in whose middle a training goes on from a checkpoint.
  virtual void on_epoch_begin(Index epoch) { (void)epoch; }
  /// `logs` hold the validation's too, as "val_…".
  virtual void on_epoch_end(Index epoch, const Logs& logs) { (void)epoch, (void)logs; }
  virtual void on_train_batch_begin(Index batch) { (void)batch; }
  /// `logs` are the running means of the epoch.
  virtual void on_train_batch_end(Index batch, const Logs& logs) { (void)batch, (void)logs; }

  /// Whether fit(), where the loss or a gradient of a step is not finite, calls on_train_batch_end() with a "loss" that is
  /// not, rather than throw Error. The weights are those of the step before.
  virtual bool handles_not_finite() const { return false; }
  /// Before on_epoch_end(): adds what the callbacks behind this one and the History are to see too.
  virtual void add_to_logs(Logs& logs) const { (void)logs; }

  /// What a checkpoint must keep of this callback, besides its options: any bytes. fit() takes it after each
  /// on_train_batch_end() and on_epoch_end() that a checkpoint follows.
  virtual std::string state() const { return {}; }
  /// Goes on from a state(), after on_train_begin().
  virtual void restore(const std::string& state) { (void)state; }

  /// Where fit() keeps what it needs to go on after it was killed; null: nowhere. See callbacks/backup_and_restore.hpp.
  virtual CheckpointStore* checkpoints() { return nullptr; }

  /// Asks fit() to end: after the current batch, with the epoch's validation (Keras' model.stop_training).
  /// fit() clears it when it begins.
  void stop_training(bool stop = true) { stops_training_ = stop; }
  bool stops_training() const { return stops_training_; }

  /// The model that fit() trains. Throws Error outside of fit().
  ModelInTraining& model() const {
    if (!model_) fail("[callback] model() is there while fit() runs");
    return *model_;
  }
  /// For fit().
  void set_model(ModelInTraining* model) { model_ = model; }

 private:
  ModelInTraining* model_ = nullptr;
  bool stops_training_ = false;
};

}  // namespace tanuki
