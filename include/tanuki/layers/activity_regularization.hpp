#pragma once

// Its input, which adds l1 · sum |x| + l2 · sum x² to the loss of training, divided by the batch's size.
// (keras/src/layers/regularization/activity_regularization.py)

#include "tanuki/layers/layer.hpp"

namespace tanuki {

struct ActivityRegularizationOptions {
  float l1 = 0;
  float l2 = 0;
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, ActivityRegularizationOptions& options) {
  field("l1", options.l1);
  field("l2", options.l2);
}

template <class B = Cpu>
class ActivityRegularization final : public LayerOf<ActivityRegularization<B>, B> {
 public:
  explicit ActivityRegularization(ActivityRegularizationOptions options = {})
      : LayerOf<ActivityRegularization<B>, B>("ActivityRegularization", options.name),
        options_(std::move(options)) {
    for (const auto& [key, value] : {std::pair{"l1", options_.l1}, std::pair{"l2", options_.l2}}) {
      if (!(value >= 0)) fail("in '", this->name(), "': ", key, " is ", value, ", expected at least 0");
    }
  }

  const ActivityRegularizationOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    x.graph->penalize(x, {.l1 = options_.l1, .l2 = options_.l2});
    return x;
  }

  ActivityRegularizationOptions options_;
};

}  // namespace tanuki
