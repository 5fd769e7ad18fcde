#pragma once

// What an optimizer's rule is: a small class without state that holds its options and says how one weight moves. To
// write one:
//
//   struct MyRule {
//     std::string name() const { return "my_rule"; }
//     LearningRate learning_rate() const;
//     std::vector<Slot> slots() const { return {"momentum"}; }     // tensors like the weight, zero at first
//     template <class B>
//     void update(const OptimizerStep<B>& step) const;
//   };
//
// It may besides have settings(), the options that all optimizers share; class_name(), which a Keras file calls it by;
// shared_slots(), single numbers that it keeps for all weights; and begin(iteration, numbers), which is called once a
// step, before any update(), and may change these. With
//
//     template <class B>
//     void update_all(std::span<const OptimizerStep<B>> steps) const;
//
// it moves many weights at once, never none, which a GPU does in a launch or two. Tanuki's own rules derive from
// OptimizerBase, whose update() is update_all() of one.

#include <concepts>
#include <string>
#include <vector>

#include "tanuki/core/class_of.hpp"
#include "tanuki/core/context.hpp"
#include "tanuki/core/weight.hpp"
#include "tanuki/optimizers/settings.hpp"

namespace tanuki {

/// One step of one weight.
template <class B>
struct OptimizerStep {
  Context<B>& context;
  double learning_rate;
  Index iteration;  ///< 1 in the first step
  TensorView<B> weight;
  ConstTensorView<B> gradient;
  std::span<Tensor<B>> slots;     ///< in the order of slots()
  std::span<const float> shared;  ///< in the order of shared_slots()
};

/// What a rule keeps for each weight.
struct Slot {
  Slot(const char* its_name) : name(its_name) {}
  Slot(std::string its_name, float its_initial = 0, bool is_apart = false)
      : name(std::move(its_name)), initial(its_initial), apart(is_apart) {}

  std::string name;   ///< Keras' "momentum" of "dense_kernel_momentum"
  float initial = 0;  ///< what it is filled with
  bool apart =
      false;  ///< in a file it comes behind the slots before it of all weights, not beside them weight by weight
};

template <class R, class B>
concept OptimizerFor = requires(const R& rule, const OptimizerStep<B>& step) {
  { rule.name() } -> std::convertible_to<std::string>;
  { rule.learning_rate() } -> std::convertible_to<LearningRate>;
  Slot(*rule.slots().begin());
  rule.update(step);
};

/// A rule of any kind.
template <class B>
class AnyRule {
 public:
  virtual ~AnyRule() = default;
  virtual std::string name() const = 0;
  virtual std::string class_name() const = 0;
  virtual LearningRate learning_rate() const = 0;
  virtual OptimizerSettings settings() const = 0;
  virtual std::vector<Slot> slots() const = 0;
  virtual std::vector<Slot> shared_slots() const = 0;
  virtual void begin(Index iteration, std::span<float> shared) const = 0;
  virtual void update(std::span<const OptimizerStep<B>> steps) const = 0;
};

namespace detail {

template <class R, class B>
concept UpdatesAll = requires(const R& rule, std::span<const OptimizerStep<B>> steps) {
  rule.update_all(steps);
}
&&StandsFor<&R::template update<B>, &R::template update_all<B>>;

}  // namespace detail

template <class R, class B>
class RuleModel final : public AnyRule<B> {
 public:
  explicit RuleModel(R rule) : rule_(std::move(rule)) {}

  const R& rule() const { return rule_; }
  std::string name() const override { return rule_.name(); }
  std::string class_name() const override {
    if constexpr (requires { R::class_name(); }) return std::string(R::class_name());
    return rule_.name();
  }
  LearningRate learning_rate() const override { return rule_.learning_rate(); }
  OptimizerSettings settings() const override {
    if constexpr (requires { rule_.settings(); }) return rule_.settings();
    return {};
  }
  std::vector<Slot> slots() const override {
    const auto slots = rule_.slots();
    return {slots.begin(), slots.end()};
  }
  std::vector<Slot> shared_slots() const override {
    if constexpr (requires { rule_.shared_slots(); }) return rule_.shared_slots();
    return {};
  }
  void begin(Index iteration, std::span<float> shared) const override {
    if constexpr (requires { rule_.begin(iteration, shared); }) rule_.begin(iteration, shared);
  }
  void update(std::span<const OptimizerStep<B>> steps) const override {
    if constexpr (detail::UpdatesAll<R, B>) {
      rule_.update_all(steps);
    } else {
      for (const auto& step : steps) rule_.update(step);
    }
  }

 private:
  R rule_;
};

}  // namespace tanuki
