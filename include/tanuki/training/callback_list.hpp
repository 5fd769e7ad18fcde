#pragma once

// The callbacks of a fit().

#include <algorithm>
#include <memory>

#include "tanuki/training/callback.hpp"

namespace tanuki {

/// Gives callbacks the model, and takes it from them at its end.
class CallbackList {
 public:
  CallbackList(const std::vector<std::shared_ptr<Callback>>& callbacks, ModelInTraining& model)
      : callbacks_(callbacks) {
    for (std::size_t i = 0; i < callbacks_.size(); ++i) {
      if (!callbacks_[i]) fail("[fit] callback number ", i, " is null");
    }
    for (auto& callback : callbacks_) {
      callback->set_model(&model);
      callback->stop_training(false);
    }
  }
  CallbackList(const CallbackList&) = delete;
  CallbackList& operator=(const CallbackList&) = delete;
  ~CallbackList() {
    for (auto& callback : callbacks_) callback->set_model(nullptr);
  }

  auto begin() const { return callbacks_.begin(); }
  auto end() const { return callbacks_.end(); }

  bool stops_training() const {
    return std::any_of(begin(), end(), [](auto& callback) { return callback->stops_training(); });
  }

  /// Whether one of them deals with a loss that is not finite.
  bool handles_not_finite() const {
    return std::any_of(begin(), end(), [](auto& callback) { return callback->handles_not_finite(); });
  }

  /// The place for checkpoints, null where no callback has one. Throws Error for two.
  CheckpointStore* checkpoints() const {
    CheckpointStore* found = nullptr;
    for (auto& callback : callbacks_) {
      auto* store = callback->checkpoints();
      if (store && found)
        fail("[fit] two callbacks keep checkpoints, '", found->name(), "' and '", store->name(),
             "': expected one");
      if (store) found = store;
    }
    return found;
  }

  std::vector<CallbackState> states() const {
    std::vector<CallbackState> states;
    for (auto& callback : callbacks_) states.push_back({callback->state(), callback->stops_training()});
    return states;
  }
  /// `states` are as many as the callbacks.
  void restore(const std::vector<CallbackState>& states) const {
    for (std::size_t i = 0; i < states.size(); ++i) {
      callbacks_[i]->restore(states[i].bytes);
      callbacks_[i]->stop_training(states[i].stops);
    }
  }
  std::size_t size() const { return callbacks_.size(); }

 private:
  const std::vector<std::shared_ptr<Callback>>& callbacks_;
};

}  // namespace tanuki
