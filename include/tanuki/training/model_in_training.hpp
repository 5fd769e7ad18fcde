#pragma once

// What a callback sees of the model that fit() trains, and may change of it, whatever the backend.

#include <span>
#include <string>
#include <vector>

#include "tanuki/core/shape.hpp"
#include "tanuki/metrics/direction.hpp"

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
  /// Which way "loss" or the metric of this name goes as the model gets better; the name without "val_".
  virtual MetricDirection direction(const std::string& metric) const = 0;
  /// The optimizer's steps.
  virtual Index iterations() const = 0;
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
  /// How many layers unfreeze(pattern) would make trainable, and how many unfreeze_last() could.
  virtual Index layers_that_match(const std::string& pattern) const = 0;
  virtual Index layers_with_weights() const = 0;
};

}  // namespace tanuki
