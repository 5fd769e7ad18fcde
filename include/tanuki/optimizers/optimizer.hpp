#pragma once

// The handle that compile() takes an optimizer by. To a rule (Adam, SGD; see optimizers/rule.hpp), which says how one
// weight moves, AnyOptimizer<B> adds the state: the learning rate of now, the number of steps, and the rule's slots,
// which are tensors like the weight (Adam's moments). It is a value: a copy has its own slots. A step is Keras' apply
// (keras/src/optimizers/base_optimizer.py): gradients are summed up over steps and held in bounds, weights decayed, moved,
// averaged and brought back to their constraints, each where the options ask for it.

#include "tanuki/ops/accumulate.hpp"
#include "tanuki/ops/clip.hpp"
#include "tanuki/ops/constrain.hpp"
#include "tanuki/ops/moving_average.hpp"
#include "tanuki/ops/weight_decay.hpp"
#include "tanuki/optimizers/rule.hpp"

namespace tanuki {

/// A tensor of an optimizer's state, named as Keras names it: "dense_kernel_momentum".
template <class B>
struct OptimizerVariable {
  std::string name;
  Tensor<B>& value;
};

template <class B>
class AnyOptimizer;

/// The optimizer of this name, with its defaults; defined in optimizers/find.hpp.
template <class B>
AnyOptimizer<B> find_optimizer(std::string_view name);

template <class B>
class AnyOptimizer {
 public:
  /// No optimizer; only operator bool and copying are defined.
  AnyOptimizer() = default;

  template <class R>
  requires(!std::same_as<R, AnyOptimizer> && OptimizerFor<R, B>) AnyOptimizer(R rule)
      : rule_(std::make_shared<RuleModel<R, B>>(std::move(rule))), settings_(rule_->settings()) {
    check_settings(name(), settings_);
    learning_rate(rule_->learning_rate());
  }

  /// find_optimizer(name).
  AnyOptimizer(const char* name) : AnyOptimizer(find_optimizer<B>(name)) {}
  AnyOptimizer(const std::string& name) : AnyOptimizer(find_optimizer<B>(name)) {}

  explicit operator bool() const { return rule_ != nullptr; }

  std::string name() const { return rule_->name(); }
  /// Keras' name of the class: "RMSprop".
  std::string class_name() const { return rule_->class_name(); }

  /// The rule itself if it is an R, else null. Its learning rate is that of the beginning.
  template <class R>
  const R* get() const {
    const auto* model = dynamic_cast<const RuleModel<R, B>*>(rule_.get());
    return model ? &model->rule() : nullptr;
  }

  const OptimizerSettings& settings() const { return settings_; }

  /// Of the next step.
  double learning_rate() const { return rate_.at(iterations_); }
  /// Throws Error for a number where the rate follows a schedule, as Keras does.
  void learning_rate(LearningRate value) {
    if (!value.is_schedule()) {
      const double number = value.at(0);
      if (rate_.is_schedule())
        fail("[", name(), "] learning_rate is a schedule, ", rate_.class_name(), ": it cannot be set to ",
             number);
      if (!(number >= 0 && std::isfinite(number)))
        fail("[", name(), "] learning_rate is ", number, ", expected a number of 0 or more");
    }
    rate_ = std::move(value);
  }
  /// The number or the schedule that learning_rate() comes from.
  const LearningRate& learning_rate_source() const { return rate_; }

  /// Steps done since build(): the "iteration" of a Keras file.
  Index iterations() const { return iterations_; }
  void iterations(Index count) { iterations_ = count; }

  /// Of these the steps that moved weights: fewer where gradients are accumulated.
  Index updates() const { return iterations_ / accumulation_steps(); }
  /// The next step is one.
  bool updates_next() const { return (iterations_ + 1) % accumulation_steps() == 0; }

  /// Starts anew for these weights: no steps done, all slots as at first. `paths` name the slots (layer and weight:
  /// "dense/kernel"); without them the weights' own names do. `multipliers` scale the learning rate, a number for each
  /// weight; without them all are 1. Throws Error where a weight's constraint does not fit it.
  void build(std::span<const Weight<B>> weights, std::span<const std::string> paths = {},
             std::span<const double> multipliers = {}) {
    const auto expect = [&](std::size_t given, const char* what) {
      if (given && given != weights.size())
        fail("[", name(), "] ", weights.size(), " weights were given with ", given, " ", what);
    };
    expect(paths.size(), "paths");
    expect(multipliers.size(), "multipliers");
    for (double multiplier : multipliers) {
      if (!(multiplier >= 0 && std::isfinite(multiplier)))
        fail("[", name(), "] a multiplier is ", multiplier, ", expected a number of 0 or more");
    }
    rule_slots_ = rule_->slots();
    shared_slots_ = rule_->shared_slots();
    iterations_ = 0;
    kept_.clear();
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const std::string& path = paths.empty() ? weights[i].name() : paths[i];
      kept_.push_back(kept_for(weights[i], path, multipliers.empty() ? 1 : multipliers[i]));
    }
    Index room = 0;
    for (const auto& weight : weights) {
      const Index size = weight.shape().elements();
      room = all_at_once ? room + size : std::max(room, size);
    }
    scratch_ = clips() ? Tensor<B>::uninitialized(Shape{room}) : Tensor<B>();
    shared_.assign(shared_slots_.size(), Tensor<B>(Shape{}));
    numbers_.clear();
    for (const auto& slot : shared_slots_) numbers_.push_back(slot.initial);
    shown_ = false;
  }

  /// Moves the weights that build() was given, in the same order. A weight whose gradient is null stays.
  /// Throws Error, before anything has moved, where something does not fit.
  void step(Context<B>& context, std::span<const Weight<B>> weights,
            std::span<const ConstTensorView<B>> gradients) {
    check(weights, gradients);
    const double rate = learning_rate();
    if (!std::isfinite(rate))
      fail("[", name(), "] learning_rate is ", rate, " at step ", iterations_, ": expected a number");
    const Index every = accumulation_steps();
    if (every == 1) {
      update(context, weights, gradients, rate);
    } else {
      std::vector<ConstTensorView<B>> sums(gradients.size());
      std::vector<ops::WeightUpdate<B>> added, all;
      for (std::size_t i = 0; i < gradients.size(); ++i) {
        const auto sum = kept_[i].accumulated.view();
        all.push_back({sum.size(), 0, sum.data});
        if (!gradients[i]) continue;
        added.push_back({sum.size(), 0, sum.data, gradients[i].data});
        sums[i] = sum;
      }
      ops::AccumulateKernel<B>::add(context, added);
      if (updates_next()) {
        ops::AccumulateKernel<B>::divide(context, float(every), added);
        update(context, weights, sums, rate);
        ops::AccumulateKernel<B>::clear(context, all);
      }
    }
    if (settings_.use_ema) average(context, weights);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (gradients[i] && weights[i].constraint())
        ops::constrain<B>(context, weights[i].constraint(), weights[i].edit().view());
    }
    ++iterations_;
  }

  /// What fit() does at its end: with use_ema, the weights become their averages.
  void finalize(std::span<const Weight<B>> weights) const {
    if (!settings_.use_ema) return;
    const std::vector<ConstTensorView<B>> none(weights.size());
    check(weights, none);
    for (std::size_t i = 0; i < weights.size(); ++i) overwrite(weights[i], kept_[i].average);
  }

  /// Everything besides the learning rate and iterations() that a checkpoint must keep, in the order of Keras' files
  /// (behind iteration and, where it is no schedule, learning_rate). To be read, and written, before the next step.
  std::vector<OptimizerVariable<B>> state() {
    std::vector<OptimizerVariable<B>> variables;
    const auto add = [&](Kept& kept, const std::string& slot, Tensor<B>& value) {
      variables.push_back({kept.name + "_" + slot, value});
    };
    if (settings_.use_ema) {
      for (auto& kept : kept_) add(kept, "average", kept.average);
    }
    if (accumulation_steps() > 1) {
      for (auto& kept : kept_) add(kept, "gradient_accumulator", kept.accumulated);
    }
    for (std::size_t first = 0, last; first < rule_slots_.size(); first = last) {
      last = first + 1;
      while (last < rule_slots_.size() && !rule_slots_[last].apart) ++last;
      for (auto& kept : kept_) {
        for (std::size_t s = first; s < last; ++s) add(kept, rule_slots_[s].name, kept.slots[s]);
      }
    }
    for (std::size_t s = 0; s < shared_.size(); ++s) {
      if (!shown_) Memory<B>::from_host(shared_[s].data(), &numbers_[s], 1);
      variables.push_back({shared_slots_[s].name, shared_[s]});
    }
    shown_ = true;
    return variables;
  }

 private:
  /// On a GPU the gradients in bounds have memory of their own each.
  static constexpr bool all_at_once = Context<B>::asynchronous;

  /// What is kept of a weight.
  struct Kept {
    std::string name;
    Shape shape;
    double multiplier = 1;
    bool decays = true;
    Tensor<B> average = {}, accumulated = {};
    std::vector<Tensor<B>> slots = {};
  };

  Index accumulation_steps() const {
    return std::max<Index>(1, settings_.gradient_accumulation_steps.value_or(1));
  }

  Kept kept_for(const Weight<B>& weight, std::string path, double multiplier) const {
    if (weight.constraint()) {
      try {
        ops::check_constraint(weight.constraint(), weight.shape());
      } catch (const Error& error) {
        fail("[", name(), "] weight '", path, "': ", error.what());
      }
    }
    std::replace(path.begin(), path.end(), '/', '_');
    Kept kept{path, weight.shape(), multiplier};
    for (const auto& word : settings_.exclude_from_weight_decay) {
      if (weight.name().find(word) != std::string::npos) kept.decays = false;
    }
    if (settings_.use_ema) kept.average = Tensor<B>(weight.shape());
    if (accumulation_steps() > 1) kept.accumulated = Tensor<B>(weight.shape());
    for (const auto& slot : rule_slots_) {
      if (slot.initial == 0) {
        kept.slots.emplace_back(weight.shape());
      } else {
        const std::vector<float> values(std::size_t(weight.shape().elements()), slot.initial);
        kept.slots.emplace_back(weight.shape(), std::span<const float>(values));
      }
    }
    return kept;
  }

  void update(Context<B>& context, std::span<const Weight<B>> weights,
              std::span<const ConstTensorView<B>> gradients, double rate) {
    const Index iteration = updates() + 1;
    if (std::exchange(shown_, false)) {
      for (std::size_t s = 0; s < numbers_.size(); ++s) numbers_[s] = shared_[s].to_vector()[0];
    }
    rule_->begin(iteration, numbers_);
    std::vector<OptimizerStep<B>> steps;
    std::vector<ops::WeightUpdate<B>> decayed, bounded;
    float* bounds = scratch_.data();
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (!gradients[i]) continue;
      Kept& kept = kept_[i];
      const double mine = kept.multiplier == 1 ? rate : double(float(rate) * float(kept.multiplier));
      const auto weight = weights[i].edit().view();
      auto gradient = gradients[i];
      if (clips()) {
        bounded.push_back({weight.size(), 0, bounds, gradient.data});
        gradient.data = bounds;
        if (all_at_once) bounds += weight.size();
      }
      if (kept.decays) decayed.push_back({weight.size(), float(mine), weight.data});
      steps.push_back({context, mine, iteration, weight, gradient, kept.slots, numbers_});
    }
    if (steps.empty()) return;
    if (settings_.weight_decay)
      ops::WeightDecayKernel<B>::apply(context, float(*settings_.weight_decay), decayed);
    if (clips())
      update_clipped(context, steps, bounded);
    else
      rule_->update(steps);
  }

  static bool asked(const std::optional<double>& limit) { return limit && *limit > 0; }

  bool clips() const {
    return asked(settings_.clipnorm) || asked(settings_.clipvalue) || asked(settings_.global_clipnorm);
  }

  /// Steps with gradients that are still to be held in bounds: all at once, or in memory that one after the other takes.
  void update_clipped(Context<B>& context, std::span<const OptimizerStep<B>> steps,
                      ops::WeightUpdates<B> bounded) const {
    using Clip = ops::ClipKernel<B>;
    const auto& norm = asked(settings_.clipnorm) ? settings_.clipnorm : settings_.global_clipnorm;
    const bool value = asked(settings_.clipvalue);
    const auto scales = value ? typename Clip::Scales{}
                              : Clip::scales(context, float(*norm), !asked(settings_.clipnorm), bounded);
    const std::size_t many = all_at_once ? steps.size() : 1;
    for (std::size_t first = 0; first < steps.size(); first += many) {
      const auto some = bounded.subspan(first, many);
      if (value)
        Clip::clamp(context, float(*settings_.clipvalue), some);
      else
        Clip::scale(context, scales, first, some);
      rule_->update(steps.subspan(first, many));
    }
  }

  void average(Context<B>& context, std::span<const Weight<B>> weights) {
    const float momentum = updates() == 0 ? 0.0f : float(settings_.ema_momentum);
    const Index every = settings_.ema_overwrite_frequency.value_or(0);
    const bool overwrites = every > 0 && (updates() + 1) % every == 0;
    std::vector<ops::WeightUpdate<B>> averaged;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      auto& average = kept_[i].average;
      averaged.push_back({average.size(), 0, average.data(), weights[i].value().data()});
    }
    ops::MovingAverageKernel<B>::update(context, momentum, averaged);
    for (std::size_t i = 0; overwrites && i < weights.size(); ++i) overwrite(weights[i], kept_[i].average);
  }

  static void overwrite(const Weight<B>& weight, const Tensor<B>& value) {
    Memory<B>::copy(weight.edit().data(), value.data(), std::size_t(value.size()));
  }

  void check(std::span<const Weight<B>> weights, std::span<const ConstTensorView<B>> gradients) const {
    if (weights.size() != kept_.size() || gradients.size() != kept_.size()) {
      fail("[", name(), "] a step on ", weights.size(), " weights with ", gradients.size(),
           " gradients, but ", kept_.size(), " weights were given to build()");
    }
    for (std::size_t i = 0; i < kept_.size(); ++i) {
      const Shape& shape = weights[i].shape();
      if (!(kept_[i].shape == shape)) {
        fail("[", name(), "] weight '", weights[i].name(), "' has shape ", shape, ", build() was given ",
             kept_[i].shape);
      }
      if (gradients[i] && !(gradients[i].shape == shape)) {
        fail("[", name(), "] weight '", weights[i].name(), "' of shape ", shape, " got a gradient of shape ",
             gradients[i].shape);
      }
    }
  }

  std::shared_ptr<const AnyRule<B>> rule_;  // never changes, so copies may share it
  OptimizerSettings settings_;
  LearningRate rate_;
  Index iterations_ = 0;
  std::vector<Slot> rule_slots_, shared_slots_;
  std::vector<Kept> kept_;         ///< of each weight
  std::vector<float> numbers_;     ///< the rule's shared ones: the host needs them in each step
  std::vector<Tensor<B>> shared_;  ///< the same for state(), a number each
  bool shown_ = false;             ///< since the last step, so that these may have been written
  Tensor<B> scratch_;              ///< for gradients in bounds
};

}  // namespace tanuki
