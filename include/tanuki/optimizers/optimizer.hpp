#pragma once

// The handle that compile() takes an optimizer by. A rule (Adam, SGD) is a small class without state that
// holds its options and says how one weight moves; AnyOptimizer<B> adds the state: the learning rate of now,
// the number of steps, and the rule's slots, which are tensors like the weight (Adam's moments). It is a
// value: a copy has its own slots. To write a rule:
//
//   struct MyRule {
//     std::string name() const { return "my_rule"; }
//     double learning_rate() const;
//     std::vector<std::string> slots() const { return {"momentum"}; }     // all start at zero
//     template <class B>
//     void update(const OptimizerStep<B>& step) const;
//   };

#include <cmath>
#include <concepts>
#include <memory>
#include <string>
#include <vector>

#include "tanuki/core/context.hpp"
#include "tanuki/core/weight.hpp"

namespace tanuki {

/// One step of one weight.
template <class B>
struct OptimizerStep {
  Context<B>& context;
  double learning_rate;
  Index iteration;  ///< 1 in the first step
  TensorView<B> weight;
  ConstTensorView<B> gradient;
  std::span<Tensor<B>> slots;  ///< in the order of slots()
};

template <class R, class B>
concept OptimizerFor = requires(const R& rule, const OptimizerStep<B>& step) {
  { rule.name() } -> std::convertible_to<std::string>;
  { rule.learning_rate() } -> std::convertible_to<double>;
  { rule.slots() } -> std::convertible_to<std::vector<std::string>>;
  rule.update(step);
};

/// A tensor of an optimizer's state, named as Keras names it: "dense_kernel_momentum".
template <class B>
struct OptimizerVariable {
  std::string name;
  Tensor<B>& value;
};

template <class B>
class AnyOptimizer {
 public:
  /// No optimizer; only operator bool and copying are defined.
  AnyOptimizer() = default;

  template <class R>
  requires(!std::same_as<R, AnyOptimizer> && OptimizerFor<R, B>) AnyOptimizer(R rule)
      : rule_(std::make_shared<Model<R>>(std::move(rule))) {
    learning_rate(rule_->learning_rate());
  }

  explicit operator bool() const { return rule_ != nullptr; }

  std::string name() const { return rule_->name(); }

  double learning_rate() const { return learning_rate_; }
  void learning_rate(double value) {
    if (!(value >= 0 && std::isfinite(value))) {
      fail("[", name(), "] learning_rate is ", value, ", expected a number of 0 or more");
    }
    learning_rate_ = value;
  }

  /// Steps done since build().
  Index iterations() const { return iterations_; }
  void iterations(Index count) { iterations_ = count; }

  /// Starts anew for these weights: no steps done, all slots zero. `paths` name the slots (layer and weight:
  /// "dense/kernel"); without them the weights' own names do.
  void build(std::span<const Weight<B>> weights, std::span<const std::string> paths = {}) {
    if (!paths.empty() && paths.size() != weights.size()) {
      fail("[", name(), "] ", weights.size(), " weights were given with ", paths.size(), " paths");
    }
    iterations_ = 0;
    weights_ = weights.size();
    slots_.clear();
    slot_names_.clear();
    for (std::size_t i = 0; i < weights.size(); ++i) {
      std::string path = paths.empty() ? weights[i].name() : paths[i];
      for (char& c : path) c = c == '/' ? '_' : c;
      for (const auto& slot : rule_->slots()) {
        slot_names_.push_back(path + "_" + slot);
        slots_.emplace_back(weights[i].shape());
      }
    }
  }

  /// Moves the weights that build() was given, in the same order. A weight whose gradient is null stays.
  /// Throws Error, before anything has moved, where something does not fit.
  void step(Context<B>& context, std::span<const Weight<B>> weights,
            std::span<const ConstTensorView<B>> gradients) {
    check(weights, gradients);
    ++iterations_;
    const std::size_t slots = rule_->slots().size();
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (!gradients[i]) continue;
      rule_->update({context, learning_rate_, iterations_, weights[i].edit().view(), gradients[i],
                     std::span(slots_).subspan(i * slots, slots)});
    }
  }

  /// Everything besides the learning rate and iterations() that a checkpoint must keep.
  std::vector<OptimizerVariable<B>> state() {
    std::vector<OptimizerVariable<B>> variables;
    for (std::size_t i = 0; i < slots_.size(); ++i) variables.push_back({slot_names_[i], slots_[i]});
    return variables;
  }

 private:
  void check(std::span<const Weight<B>> weights, std::span<const ConstTensorView<B>> gradients) const {
    if (weights.size() != weights_ || gradients.size() != weights_) {
      fail("[", name(), "] a step on ", weights.size(), " weights with ", gradients.size(),
           " gradients, but ", weights_, " weights were given to build()");
    }
    const std::size_t slots = rule_->slots().size();
    for (std::size_t i = 0; i < weights_; ++i) {
      const Shape& shape = weights[i].shape();
      if (slots && !(slots_[i * slots].shape() == shape)) {
        fail("[", name(), "] weight '", weights[i].name(), "' has shape ", shape, ", build() was given ",
             slots_[i * slots].shape());
      }
      if (gradients[i] && !(gradients[i].shape == shape)) {
        fail("[", name(), "] weight '", weights[i].name(), "' of shape ", shape, " got a gradient of shape ",
             gradients[i].shape);
      }
    }
  }

  struct Concept {
    virtual ~Concept() = default;
    virtual std::string name() const = 0;
    virtual double learning_rate() const = 0;
    virtual std::vector<std::string> slots() const = 0;
    virtual void update(const OptimizerStep<B>& step) const = 0;
  };

  template <class R>
  struct Model final : Concept {
    explicit Model(R value) : rule(std::move(value)) {}
    std::string name() const override { return rule.name(); }
    double learning_rate() const override { return rule.learning_rate(); }
    std::vector<std::string> slots() const override { return rule.slots(); }
    void update(const OptimizerStep<B>& step) const override { rule.update(step); }
    R rule;
  };

  std::shared_ptr<const Concept> rule_;  // never changes, so copies may share it
  double learning_rate_ = 0;
  Index iterations_ = 0;
  std::size_t weights_ = 0;
  std::vector<std::string> slot_names_;
  std::vector<Tensor<B>> slots_;  // slot after slot of the first weight, then of the second …
};

}  // namespace tanuki
