#pragma once

// What a callback sees of the model that fit() trains, and may change of it, whatever the backend.

#include <span>
#include <string>
#include <vector>

#include "tanuki/core/shape.hpp"

namespace tanuki {

class ModelInTraining {
 public:
  /// A weight as it is now, in memory of the host.
  struct WeightValues {
    std::string path;  ///< "xception/block1_conv1/kernel"
    Shape shape;
    std::vector<float> values;
  };

  virtual ~ModelInTraining() = default;

  virtual std::string name() const = 0;
  /// Of the next step.
  virtual double learning_rate() const = 0;
  /// Throws Error where the rate follows a schedule.
  virtual void learning_rate(double value) = 0;

  /// Copies of all weights, in the order of named_weights().
  virtual std::vector<WeightValues> weights() const = 0;
  /// Puts such copies back. Throws Error where they are not this model's.
  virtual void weights(std::span<const WeightValues> values) = 0;

  /// Model::unfreeze() and unfreeze_last(), from the next epoch on: fit() then compiles the model again, as a user would
  /// between two fits, with the same options and the learning rate of now. The optimizer starts anew.
  virtual void unfreeze(const std::string& pattern) = 0;
  virtual void unfreeze_last(Index count) = 0;
};

}  // namespace tanuki
