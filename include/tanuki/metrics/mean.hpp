#pragma once

// A weighted running mean, in double: what every metric counts with.
// (keras/src/metrics/reduction_metrics.py: Mean)

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tanuki/core/error.hpp"

namespace tanuki {

struct MeanOptions {
  std::string name = "mean";
};

class Mean {
 public:
  explicit Mean(MeanOptions options = {}) : name_(std::move(options.name)) {}

  const std::string& name() const { return name_; }

  void update(double value, double weight = 1) { add(value * weight, weight); }
  void update(std::span<const float> values) {
    for (float value : values) update(double(value));
  }

  /// A sum of weighted values, and of their weights.
  void add(double total, double weight) { total_ += total, weight_ += weight; }

  /// 0 before the first update, as in Keras.
  double result() const { return weight_ != 0 ? total_ / weight_ : 0; }
  void reset() { total_ = weight_ = 0; }

  /// For a checkpoint in the middle of an epoch.
  std::vector<double> state() const { return {total_, weight_}; }
  void restore(std::span<const double> state) {
    if (state.size() != 2) fail("[", name_, "] a state of ", state.size(), " numbers was given, expected 2");
    total_ = state[0], weight_ = state[1];
  }

 private:
  std::string name_;
  double total_ = 0, weight_ = 0;
};

}  // namespace tanuki
