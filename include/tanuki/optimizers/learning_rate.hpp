#pragma once

// What an optimizer takes as its learning rate: a number, or a schedule that gives the rate of each step. A schedule is
// any struct that can be called with the number of steps done before; Keras' own are in optimizers/schedules:
//
//   Adam({.learning_rate = 1e-3})
//   Adam({.learning_rate = CosineDecay({.initial_learning_rate = 1e-3, .decay_steps = 1000})})
//   Adam({.learning_rate = [](Index step) { return 1e-3 / double(1 + step); }})

#include <cmath>
#include <concepts>
#include <memory>
#include <string>
#include <type_traits>

#include "tanuki/core/shape.hpp"

namespace tanuki {

template <class S>
concept LearningRateSchedule = requires(const S& schedule, Index step) {
  { schedule(step) } -> std::convertible_to<double>;
};

class LearningRate {
 public:
  LearningRate() = default;

  template <class N>
  requires std::is_arithmetic_v<N> LearningRate(N number) : number_(double(number)) {}

  template <LearningRateSchedule S>
  requires(!std::same_as<S, LearningRate>) LearningRate(S schedule)
      : schedule_(std::make_shared<Model<S>>(std::move(schedule))) {}

  bool is_schedule() const { return schedule_ != nullptr; }

  /// After so many steps.
  double at(Index step) const { return schedule_ ? schedule_->at(step) : number_; }

  /// Keras' name of the schedule's class: "ExponentialDecay"; "schedule" for a program's own without a
  /// class_name(). Empty for a number.
  std::string class_name() const { return schedule_ ? schedule_->class_name() : ""; }

  /// The schedule itself if it is an S, else null.
  template <class S>
  const S* get() const {
    const auto* model = dynamic_cast<const Model<S>*>(schedule_.get());
    return model ? &model->schedule : nullptr;
  }

 private:
  struct Concept {
    virtual ~Concept() = default;
    virtual double at(Index step) const = 0;
    virtual std::string class_name() const = 0;
  };

  template <class S>
  struct Model final : Concept {
    explicit Model(S value) : schedule(std::move(value)) {}
    double at(Index step) const override { return double(schedule(step)); }
    std::string class_name() const override {
      if constexpr (requires { S::class_name(); }) return std::string(S::class_name());
      return "schedule";
    }
    S schedule;
  };

  double number_ = 0;
  std::shared_ptr<const Concept> schedule_;  // never changes, so copies may share it
};

}  // namespace tanuki
