#pragma once

// Ends training when the loss is no finite number. (keras/src/callbacks/terminate_on_nan.py)

#include <cmath>
#include <iostream>

#include "tanuki/training/callback.hpp"

namespace tanuki {

struct TerminateOnNaNOptions {
  bool raise_error = false;        ///< throw Error, so that no callback's on_train_end() is called
  std::ostream* output = nullptr;  ///< for the message; null: std::cout
};

class TerminateOnNaN final : public Callback {
 public:
  using Options = TerminateOnNaNOptions;

  explicit TerminateOnNaN(TerminateOnNaNOptions options = {}) : options_(options) {}

  bool handles_not_finite() const override { return !options_.raise_error; }

  void on_train_batch_end(Index batch, const Logs& logs) override {
    const double* const loss = logs.find("loss");
    if (!loss || std::isfinite(*loss)) return;
    if (options_.raise_error) fail("[terminate_on_nan] the loss is ", *loss, " at batch ", batch);
    (options_.output ? *options_.output : std::cout)
        << "Batch " << batch << ": Invalid loss, terminating training" << std::endl;
    stop_training();
  }

 private:
  TerminateOnNaNOptions options_;
};

}  // namespace tanuki
