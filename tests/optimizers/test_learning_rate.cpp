#include "tests/optimizers/check_optimizer.hpp"

namespace test_learning_rate {

using namespace tanuki;
using namespace tanuki::tests;

namespace {

void check_schedule(const std::string& name, const LearningRate& schedule) {
  INFO(name);
  const Tensor<> steps = golden("optimizers.safetensors", "schedules/steps");
  const Tensor<> rates = golden("optimizers.safetensors", "schedules/" + name);
  for (Index i = 0; i < steps.size(); ++i) {
    const Index step = Index(steps.data()[i]);
    INFO("step " << step);
    CHECK(std::abs(schedule.at(step) - double(rates.data()[i])) <= 2e-8);
  }
}

}  // namespace

TEST_CASE("the schedules agree with Keras") {
  check_schedule("exponential",
                 ExponentialDecay({.initial_learning_rate = 0.1, .decay_steps = 7, .decay_rate = 0.5}));
  check_schedule("exponential_staircase",
                 ExponentialDecay(
                     {.initial_learning_rate = 0.1, .decay_steps = 7, .decay_rate = 0.9, .staircase = true}));
  check_schedule("piecewise",
                 PiecewiseConstantDecay({.boundaries = {3, 10, 11}, .values = {0.1, 0.05, 0.01, 0.3}}));
  check_schedule("polynomial", PolynomialDecay({.initial_learning_rate = 0.1, .decay_steps = 20}));
  check_schedule(
      "polynomial_square",
      PolynomialDecay(
          {.initial_learning_rate = 0.1, .decay_steps = 20, .end_learning_rate = 0.01, .power = 2}));
  check_schedule("polynomial_cycle", PolynomialDecay({.initial_learning_rate = 0.1,
                                                      .decay_steps = 6,
                                                      .end_learning_rate = 0.01,
                                                      .power = 0.5,
                                                      .cycle = true}));
  check_schedule("inverse_time",
                 InverseTimeDecay({.initial_learning_rate = 0.1, .decay_steps = 7, .decay_rate = 0.5}));
  check_schedule("inverse_time_staircase",
                 InverseTimeDecay(
                     {.initial_learning_rate = 0.1, .decay_steps = 7, .decay_rate = 0.5, .staircase = true}));
  check_schedule("cosine", CosineDecay({.initial_learning_rate = 0.1, .decay_steps = 30}));
  check_schedule("cosine_alpha",
                 CosineDecay({.initial_learning_rate = 0.1, .decay_steps = 30, .alpha = 0.1}));
  check_schedule("cosine_warmup", CosineDecay({.initial_learning_rate = 0.01,
                                               .decay_steps = 20,
                                               .alpha = 0.1,
                                               .warmup_target = 0.1,
                                               .warmup_steps = 9}));
  check_schedule("cosine_restarts",
                 CosineDecayRestarts({.initial_learning_rate = 0.1, .first_decay_steps = 5}));
  check_schedule(
      "cosine_restarts_equal",
      CosineDecayRestarts(
          {.initial_learning_rate = 0.1, .first_decay_steps = 7, .t_mul = 1, .m_mul = 0.9, .alpha = 0.05}));
  check_schedule(
      "cosine_restarts_options",
      CosineDecayRestarts(
          {.initial_learning_rate = 0.1, .first_decay_steps = 4, .t_mul = 1.5, .m_mul = 0.8, .alpha = 0.1}));
}

TEST_CASE("an optimizer follows its schedule as Keras does") {
  check_optimizer_golden(
      "schedule",
      SGD({.learning_rate = CosineDecay({.initial_learning_rate = 0.1, .decay_steps = 5, .alpha = 0.1})}));
  check_optimizer_golden(
      "schedule_decay",
      AdamW({.learning_rate = PolynomialDecay(
                 {.initial_learning_rate = 0.1, .decay_steps = 4, .end_learning_rate = 0.01, .power = 2}),
             .weight_decay = 0.2}));
}

TEST_CASE("a learning rate is a number, a schedule, or anything that gives a rate for a step") {
  CHECK(LearningRate(0.5).at(7) == 0.5);
  CHECK_FALSE(LearningRate(0.5).is_schedule());
  const LearningRate halves = [](Index step) { return 1.0 / double(1 + step); };
  CHECK(halves.at(1) == 0.5);
  CHECK(halves.class_name() == "schedule");
  const LearningRate decay =
      ExponentialDecay({.initial_learning_rate = 1, .decay_steps = 1, .decay_rate = 0.5});
  CHECK(decay.class_name() == "ExponentialDecay");
  CHECK(decay.get<ExponentialDecay>()->options().decay_rate == 0.5);
  CHECK(decay.get<CosineDecay>() == nullptr);
  int schedules = 0;
  each_schedule([&]<class S>() { schedules += S::class_name().size() > 0; });
  CHECK(schedules == 6);
}

TEST_CASE("the rate of a schedule cannot be set, only another schedule") {
  AnyOptimizer<Cpu> sgd = SGD(
      {.learning_rate = ExponentialDecay({.initial_learning_rate = 1, .decay_steps = 1, .decay_rate = 0.5})});
  CHECK(sgd.learning_rate() == 1);
  sgd.iterations(2);
  CHECK(sgd.learning_rate() == 0.25);
  CHECK_THROWS_WITH(sgd.learning_rate(0.1),
                    "[sgd] learning_rate is a schedule, ExponentialDecay: it cannot be set to 0.1");
  sgd.learning_rate([](Index) { return 3; });
  CHECK(sgd.learning_rate() == 3);
  AnyOptimizer<Cpu> number = SGD();
  number.learning_rate(CosineDecay({.initial_learning_rate = 2, .decay_steps = 3}));
  CHECK(number.learning_rate() == 2);
}

TEST_CASE("a rate that is no number is refused before anything has moved") {
  const std::vector<Weight<>> weights{{"w", Role::learned, Tensor<>(Shape{1}, {5})}};
  AnyOptimizer<Cpu> sgd = SGD({.learning_rate = [](Index) { return double(NAN); }});
  sgd.build(weights);
  const Tensor<> gradient(Shape{1}, {1});
  const auto view = gradient.view();
  CHECK_THROWS_WITH(sgd.step(default_context<Cpu>(), weights, std::span(&view, 1)),
                    "[sgd] learning_rate is nan at step 0: expected a number");
  CHECK(weights[0].value().data()[0] == 5);
}

TEST_CASE("the schedules' options are checked") {
  CHECK_THROWS_WITH(ExponentialDecay({.initial_learning_rate = 1, .decay_steps = 0, .decay_rate = 1}),
                    "[ExponentialDecay] decay_steps is 0, expected at least 1");
  CHECK_THROWS_WITH(CosineDecayRestarts({.initial_learning_rate = 1, .first_decay_steps = 0}),
                    "[SGDRDecay] first_decay_steps is 0, expected at least 1");
  CHECK_THROWS_WITH(CosineDecayRestarts({.initial_learning_rate = 1, .first_decay_steps = 1, .t_mul = 0}),
                    "[SGDRDecay] t_mul is 0, expected more than 0");
  CHECK_THROWS_WITH(CosineDecay({.initial_learning_rate = 1, .decay_steps = 1, .warmup_steps = -1}),
                    "[CosineDecay] warmup_steps is -1, expected 0 or more");
  CHECK_THROWS_WITH(PiecewiseConstantDecay({.boundaries = {1}, .values = {1}}),
                    "[PiecewiseConstant] 1 boundaries were given with 1 values, expected at least one "
                    "boundary, and one value more than boundaries");
  CHECK_THROWS_WITH(PiecewiseConstantDecay({.boundaries = {2, 1}, .values = {1, 2, 3}}),
                    "[PiecewiseConstant] boundary 1 follows 2, expected rising boundaries");
}

}  // namespace test_learning_rate
