// The options that all optimizers share.

#include "tests/optimizers/check_optimizer.hpp"

namespace test_settings {

using namespace tanuki;
using namespace tanuki::tests;

TEST_CASE("weight decay agrees with Keras") {
  check_optimizer_golden("decay", SGD({.learning_rate = 0.1, .momentum = 0.5, .weight_decay = 0.5}));
  check_optimizer_golden(
      "decay_excluding_bias",
      RMSprop({.learning_rate = 0.1, .weight_decay = 0.5, .exclude_from_weight_decay = {"bias"}}));
}

TEST_CASE("clipping agrees with Keras") {
  check_optimizer_golden("clipnorm", SGD({.learning_rate = 0.05, .clipnorm = 4.0}));
  check_optimizer_golden("clipvalue", SGD({.learning_rate = 0.05, .clipvalue = 0.5}));
  check_optimizer_golden("global_clipnorm", SGD({.learning_rate = 0.05, .global_clipnorm = 6.0}));
}

TEST_CASE("a limit of 0 is none, and gradients of zeros stay so") {
  const std::vector<Weight<>> weights{{"w", Role::learned, Tensor<>({2}, {1, 2})}};
  const Tensor<> big({2}, {3, 4}), zeros(Shape{2});
  const auto moved = [&](AnyOptimizer<Cpu> sgd, const Tensor<>& gradient) {
    sgd.build(weights);
    const Tensor<> before = weights[0].value();
    const auto view = gradient.view();
    sgd.step(default_context<Cpu>(), weights, std::span(&view, 1));
    const std::vector<float> after = weights[0].value().to_vector();
    weights[0].assign(before);
    return after;
  };
  CHECK(moved(SGD({.learning_rate = 1, .clipnorm = 0}), big) == std::vector<float>{-2, -2});
  CHECK(moved(SGD({.learning_rate = 1, .clipvalue = 0}), big) == std::vector<float>{-2, -2});
  CHECK(moved(SGD({.learning_rate = 1, .global_clipnorm = 0}), big) == std::vector<float>{-2, -2});
  CHECK(moved(SGD({.learning_rate = 1, .clipnorm = 1}), zeros) == std::vector<float>{1, 2});
  CHECK(moved(SGD({.learning_rate = 1, .global_clipnorm = 1}), zeros) == std::vector<float>{1, 2});
}

TEST_CASE("moving averages agree with Keras") {
  check_optimizer_golden("ema", SGD({.learning_rate = 0.05, .use_ema = true, .ema_momentum = 0.8}));
  check_optimizer_golden(
      "ema_overwriting",
      Adam({.learning_rate = 0.02, .amsgrad = true, .use_ema = true, .ema_overwrite_frequency = 3}));
}

TEST_CASE("accumulated gradients agree with Keras") {
  check_optimizer_golden("accumulation", SGD({.learning_rate = 0.05, .gradient_accumulation_steps = 3}));
  check_optimizer_golden("accumulation_of_all",
                         Nadam({.learning_rate = ExponentialDecay(
                                    {.initial_learning_rate = 0.05, .decay_steps = 3, .decay_rate = 0.5}),
                                .weight_decay = 0.1,
                                .clipnorm = 2.0,
                                .use_ema = true,
                                .ema_momentum = 0.7,
                                .ema_overwrite_frequency = 2,
                                .gradient_accumulation_steps = 2}));
}

TEST_CASE("constraints agree with Keras") {
  check_optimizer_golden("max_norm", SGD({.learning_rate = 0.05}), {max_norm(0.7), max_norm(1)});
  check_optimizer_golden("max_norm_of_axes", SGD({.learning_rate = 0.05}), {max_norm(0.5, {0, 1}), {}});
  check_optimizer_golden("non_neg", SGD({.learning_rate = 0.05}), {non_neg(), {}});
  check_optimizer_golden("unit_norm", Adam({.learning_rate = 0.05}), {unit_norm({1}), unit_norm()});
  check_optimizer_golden("min_max_norm",
                         SGD({.learning_rate = 0.05,
                              .momentum = 0.5,
                              .use_ema = true,
                              .ema_momentum = 0.5,
                              .ema_overwrite_frequency = 2}),
                         {min_max_norm(0.5, 0.9, 0.3, {-1}), min_max_norm()});
  check_optimizer_golden("constrained_accumulation",
                         SGD({.learning_rate = 0.05, .gradient_accumulation_steps = 3}),
                         {unit_norm({0, 2}), non_neg()});
}

TEST_CASE("what the shared options do does not depend on the number of threads") {
  check_same_on_any_threads(SGD({.weight_decay = 0.1, .clipnorm = 3, .use_ema = true}), max_norm(5));
  check_same_on_any_threads(SGD({.global_clipnorm = 3, .gradient_accumulation_steps = 2}), non_neg());
  check_same_on_any_threads(SGD({.clipvalue = 0.1, .use_ema = true, .ema_overwrite_frequency = 2}),
                            min_max_norm());
}

TEST_CASE("updates() counts what iterations() does not") {
  const std::vector<Weight<>> weights{{"w", Role::learned, Tensor<>(Shape{2})}};
  const Tensor<> gradient({2}, {1, 1});
  const auto view = gradient.view();
  AnyOptimizer<Cpu> sgd = SGD({.learning_rate = 1, .gradient_accumulation_steps = 2});
  sgd.build(weights);
  for (Index step = 1; step <= 5; ++step) {
    sgd.step(default_context<Cpu>(), weights, std::span(&view, 1));
    CHECK(sgd.iterations() == step);
    CHECK(sgd.updates() == step / 2);
    CHECK(weights[0].value().data()[0] == -float(step / 2));
  }
}

TEST_CASE("the shared options are checked") {
  CHECK_THROWS_WITH(SGD({.clipnorm = 1, .global_clipnorm = 1}),
                    "[sgd] more than one of clipnorm, clipvalue and global_clipnorm was given, expected one");
  CHECK_THROWS_WITH(SGD({.weight_decay = -1}), "[sgd] weight_decay is -1, expected 0 or more");
  CHECK_THROWS_WITH(SGD({.clipvalue = -1}), "[sgd] clipvalue is -1, expected 0 or more");
  CHECK_THROWS_WITH(SGD({.use_ema = true, .ema_momentum = 1.5}),
                    "[sgd] ema_momentum is 1.5, expected 0 to 1");
  CHECK_NOTHROW(SGD({.ema_momentum = 1.5}));
  CHECK_THROWS_WITH(SGD({.ema_overwrite_frequency = -1}),
                    "[sgd] ema_overwrite_frequency is -1, expected 0 or more");
  CHECK_THROWS_WITH(SGD({.gradient_accumulation_steps = 1}),
                    "[sgd] gradient_accumulation_steps is 1, expected 2 or more");
  CHECK_NOTHROW(SGD({.gradient_accumulation_steps = 0}));
  CHECK_THROWS_WITH(SGD({.loss_scale_factor = 128}), "[sgd] loss_scale_factor is 128, expected none");
}

TEST_CASE("constraints are checked where the optimizer is built") {
  const auto build = [](Constraint constraint, const Shape& shape) {
    const std::vector<Weight<>> weights{{"w", Role::learned, Tensor<>(shape), {}, std::move(constraint)}};
    const std::vector<std::string> paths{"dense/w"};
    AnyOptimizer<Cpu> sgd = SGD();
    sgd.build(weights, paths);
  };
  CHECK_NOTHROW(build({"max_norm", {{"max_value", 3}, {"axis", 1}}}, {2, 3}));
  CHECK_THROWS_WITH(
      build(max_norm(1, {2}), {2, 3}),
      "[sgd] weight 'dense/w': [MaxNorm] axis is 2, expected an axis of a weight of shape (2, 3)");
  CHECK_THROWS_WITH(build(unit_norm({0, -2}), {2, 3}),
                    "[sgd] weight 'dense/w': [UnitNorm] the axes do not fit input (2, 3): expected different "
                    "axes of it");
  CHECK_THROWS_WITH(build({"Odd"}, {2}),
                    "[sgd] weight 'dense/w': [constraint] unknown class 'Odd': expected MaxNorm, NonNeg, "
                    "UnitNorm or MinMaxNorm");
  CHECK_THROWS_WITH(find_constraint("NonNeg", {{"axis", 0}}), "[constraint] NonNeg has no option 'axis'");
  CHECK_THROWS_WITH(find_constraint("MaxNorm", {{"max_value", -1}}),
                    "[constraint] MaxNorm has max_value -1, expected 0 or more");
}

}  // namespace test_settings
