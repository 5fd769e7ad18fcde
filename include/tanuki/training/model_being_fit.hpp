#pragma once

// What fit() shows its callbacks of a Model<B>.

#include "tanuki/models/freezing.hpp"
#include "tanuki/training/model_in_training.hpp"
#include "tanuki/training/trainer.hpp"

namespace tanuki {

template <class B>
class ModelBeingFit final : public ModelInTraining {
 public:
  explicit ModelBeingFit(const Model<B>& model) : model_(model) {}

  std::string name() const override { return model_.name(); }
  MetricDirection direction(const std::string& metric) const override {
    return model_.trainer().objective().direction(metric);
  }
  Index iterations() const override { return model_.trainer().optimizer().iterations(); }
  double learning_rate() const override { return model_.trainer().optimizer().learning_rate(); }
  void learning_rate(double value) override { model_.trainer().optimizer().learning_rate(value); }

  std::vector<WeightValues> weights() const override {
    std::vector<WeightValues> copies;
    for (const auto& [path, weight] : model_.named_weights())
      copies.push_back({path, weight.shape(), weight.value().to_vector()});
    return copies;
  }

  void weights(std::span<const WeightValues> values) override {
    const auto mine = model_.named_weights();
    if (values.size() != mine.size())
      fail("in '", name(), "': ", values.size(), " weights were given, it has ", mine.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i].path != mine[i].path || !(values[i].shape == mine[i].weight.shape()))
        fail("in '", name(), "': weight '", mine[i].path, "' ", mine[i].weight.shape(), " was given '",
             values[i].path, "' ", values[i].shape);
    }
    for (std::size_t i = 0; i < values.size(); ++i)
      mine[i].weight.assign(Tensor<B>(values[i].shape, std::span<const float>(values[i].values)));
  }

  void unfreeze(const std::string& pattern) override {
    model_.unfreeze(pattern);
    changed_ = true;
  }
  void unfreeze_last(Index count) override {
    model_.unfreeze_last(count);
    changed_ = true;
  }

  Index layers_that_match(const std::string& pattern) const override {
    return count_layers([&](const auto& inner) {
      return glob_matches(pattern, inner.path) || glob_matches(pattern, inner.layer->name());
    });
  }
  Index layers_with_weights() const override {
    return count_layers([](const auto& inner) { return !inner.layer->weights().empty(); });
  }

  bool changed() const { return changed_; }
  /// True once after what is trainable was changed through this.
  bool take_changed() { return std::exchange(changed_, false); }

 private:
  template <class Condition>
  Index count_layers(const Condition& condition) const {
    const auto layers = inner_layers(model_);
    return Index(std::count_if(layers.begin(), layers.end(), condition));
  }

  const Model<B>& model_;
  bool changed_ = false;
};

}  // namespace tanuki
