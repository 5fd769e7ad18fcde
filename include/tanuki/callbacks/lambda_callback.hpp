#pragma once

// A callback made of functions: LambdaCallback({.on_epoch_end = [](Index epoch, const Logs& logs) { … }}).
// (keras/src/callbacks/lambda_callback.py)

#include <functional>
#include <type_traits>

#include "tanuki/training/callback.hpp"

namespace tanuki {

/// Those that are not given do nothing.
struct LambdaCallbackOptions {
  std::function<void()> on_train_begin = {};
  std::function<void(const Logs&)> on_train_end = {};
  std::function<void(Index)> on_epoch_begin = {};
  std::function<void(Index, const Logs&)> on_epoch_end = {};
  std::function<void(Index)> on_train_batch_begin = {};
  std::function<void(Index, const Logs&)> on_train_batch_end = {};
};

class LambdaCallback final : public Callback {
 public:
  using Options = LambdaCallbackOptions;

  explicit LambdaCallback(LambdaCallbackOptions options) : call_(std::move(options)) {}

  void on_train_begin() override { run(call_.on_train_begin); }
  void on_train_end(const Logs& logs) override { run(call_.on_train_end, logs); }
  void on_epoch_begin(Index epoch) override { run(call_.on_epoch_begin, epoch); }
  void on_epoch_end(Index epoch, const Logs& logs) override { run(call_.on_epoch_end, epoch, logs); }
  void on_train_batch_begin(Index batch) override { run(call_.on_train_batch_begin, batch); }
  void on_train_batch_end(Index batch, const Logs& logs) override {
    run(call_.on_train_batch_end, batch, logs);
  }

 private:
  template <class... Arguments>
  static void run(const std::function<void(Arguments...)>& function,
                  const std::type_identity_t<Arguments>&... arguments) {
    if (function) function(arguments...);
  }

  LambdaCallbackOptions call_;
};

}  // namespace tanuki
